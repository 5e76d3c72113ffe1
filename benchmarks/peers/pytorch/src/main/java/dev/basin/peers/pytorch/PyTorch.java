package dev.basin.peers.pytorch;

import dev.basin.DataType;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Dispatcher;
import org.bytedeco.pytorch.IValue;
import org.bytedeco.pytorch.IValueVector;
import org.bytedeco.pytorch.OperatorHandle;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptions;
import org.bytedeco.pytorch.global.torch;

/** What the contests need of PyTorch's bindings: tensors over Basin's memory, and operators that the bindings leave out. */
final class PyTorch {
    static final String NAME = "PyTorch";

    private PyTorch() {}

    /** A tensor over the memory of one of Basin's. */
    static Tensor over(dev.basin.Tensor tensor) {
        Pointer memory = new Address(tensor.memory().address());
        return torch.from_blob(memory, tensor.shape(), options(tensor.type()));
    }

    /** A copy of one of Basin's. */
    static Tensor copy(dev.basin.Tensor tensor) {
        return over(tensor).clone();
    }

    static Tensor zeros(DataType type, long... shape) {
        return torch.zeros(shape, options(type));
    }

    private static TensorOptions options(DataType type) {
        return new TensorOptions(switch (type) {
            case F32 -> torch.ScalarType.Float;
            case F64 -> torch.ScalarType.Double;
            case BF16 -> torch.ScalarType.BFloat16;
            case F16 -> torch.ScalarType.Half;
            case I32 -> torch.ScalarType.Int;
        });
    }

    /** Labels as PyTorch takes them. */
    static Tensor labels(dev.basin.Tensor targets) {
        return over(targets).to(torch.ScalarType.Long);
    }

    static double[] numbers(Tensor tensor) {
        try (PointerScope scope = new PointerScope()) {
            Tensor wide = tensor.detach().to(torch.ScalarType.Double).contiguous();
            double[] numbers = new double[Math.toIntExact(wide.numel())];
            wide.data_ptr_double().get(numbers);
            return numbers;
        }
    }

    /** An operator of the dispatcher's, with its arguments bound. */
    static Runnable operator(String name, String overload, Object... arguments) {
        OperatorHandle operator = Dispatcher.singleton().findSchemaOrThrow("aten::" + name, overload);
        List<IValue> values = new ArrayList<>();
        for (Object argument : arguments) {
            values.add(switch (argument) {
                case Tensor tensor -> new IValue(tensor);
                case Double number -> new IValue((double) number);
                case Long number -> new IValue((long) number);
                case Boolean flag -> new IValue((boolean) flag);
                case IValue value -> value;
                default -> throw new IllegalArgumentException("an argument of " + name + " is a " + argument.getClass());
            });
        }
        IValue[] bound = values.toArray(IValue[]::new);
        return () -> {
            try (PointerScope scope = new PointerScope()) {
                Dispatcher.singleton().callBoxed(operator, new IValueVector(bound));
            }
        };
    }

    /** The rows of a tensor as a list, which shares its memory. */
    static IValue list(Tensor tensor) {
        IValueVector stack = new IValueVector(new IValue(tensor), new IValue(0L));
        Dispatcher.singleton().callBoxed(Dispatcher.singleton().findSchemaOrThrow("aten::unbind", "int"), stack);
        return new IValue(stack.get(0));
    }

    private static final class Address extends Pointer {
        Address(long value) {
            address = value;
        }
    }
}
