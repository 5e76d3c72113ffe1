package dev.basin.samples.pytorch;

import dev.basin.Basin;
import dev.basin.DataType;
import dev.basin.DeviceMemory;
import dev.basin.loss.CrossEntropy;
import dev.basin.optim.AdamW;
import dev.basin.optim.Gradients;
import dev.basin.samples.ReferenceStep;
import dev.basin.samples.SampleRun;
import java.util.List;
import org.bytedeco.cuda.cudart.CUstream_st;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch_cuda;

/** A training step on PyTorch's CUDA tensors, in PyTorch's current stream. */
public final class PyTorchSample {
    private PyTorchSample() {}

    /** Takes no arguments. */
    public static void main(String[] arguments) {
        System.exit(SampleRun.of("PyTorch", PyTorchSample::run, System.out));
    }

    private static String run() {
        ReferenceStep reference = new ReferenceStep(1);
        try (PointerScope _ = new PointerScope()) {
            torch_cuda.setCurrentCUDAStream(torch_cuda.getStreamFromPool());
            long stream = currentStream();
            Tensor logits = Tensor.create(reference.logits(), ReferenceStep.ROWS, ReferenceStep.CLASSES).cuda();
            Tensor gradient = torch.empty_like(logits);
            Tensor targets = Tensor.create(reference.targets()).cuda();
            try (Basin basin = Basin.open(Basin.Options.defaults().backend("cuda").cudaStream(stream))) {
                double loss = train(basin, over(basin, logits, DataType.F32), over(basin, targets, DataType.I32),
                        over(basin, gradient, DataType.F32));
                return "PyTorch's tensor at 0x" + Long.toHexString(logits.data_ptr().address()) + " in the stream 0x"
                        + Long.toHexString(stream) + " on " + basin.isa() + ": "
                        + reference.compare(loss, numbers(gradient), numbers(logits));
            }
        }
    }

    private static double train(Basin basin, dev.basin.Tensor logits, dev.basin.Tensor targets, dev.basin.Tensor gradient) {
        double loss = new CrossEntropy().meanDivisor(targets.size()).forwardBackward(basin, logits, targets, gradient);
        AdamW.over(basin, List.of(logits), AdamW.Options.defaults())
                .step(Gradients.of(List.of(gradient)), ReferenceStep.LEARNING_RATE);
        return loss;
    }

    /** PyTorch's default stream is CUDA's, which is the null pointer here and the address 0 to Basin. */
    private static long currentStream() {
        CUstream_st stream = torch_cuda.getCurrentCUDAStream().stream();
        return stream == null ? 0 : stream.address();
    }

    /** The memory of a contiguous tensor, which the caller keeps. */
    private static dev.basin.Tensor over(Basin basin, Tensor tensor, DataType type) {
        return DeviceMemory.at(basin, tensor.data_ptr().address(), tensor.nbytes()).tensor(type, tensor.shape());
    }

    /** PyTorch copies in its current stream, after the kernels there. */
    private static float[] numbers(Tensor tensor) {
        float[] numbers = new float[Math.toIntExact(tensor.numel())];
        tensor.cpu().data_ptr_float().get(numbers);
        return numbers;
    }
}
