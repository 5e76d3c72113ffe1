package dev.basin.peers.pytorch;

import dev.basin.peers.Contender;
import dev.basin.peers.Contest;
import dev.basin.peers.Numbers;
import dev.basin.Basin;
import dev.basin.DataType;
import dev.basin.Tensor;
import dev.basin.norm.LayerNorm;
import dev.basin.norm.NormGradients;
import dev.basin.norm.NormParameters;
import dev.basin.norm.NormStatistics;
import dev.basin.norm.RmsNorm;
import dev.basin.norm.RowNorm;
import java.lang.foreign.Arena;
import java.util.List;
import org.bytedeco.javacpp.BoolPointer;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.DoubleOptional;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.global.torch;

/** LayerNorm and RMSNorm with a gain, forward and backward apart. */
final class NormContest {
    private static final double EPSILON = 1e-5;

    private final Basin basin;
    private final Arena arena;
    private final Tensor x;
    private final Tensor gamma;
    private final Tensor beta;
    private final Tensor gradY;
    private final Numbers numbers;
    private final long rows;
    private final long width;

    NormContest(Basin basin, Arena arena, long rows, long width) {
        this.basin = basin;
        this.arena = arena;
        this.rows = rows;
        this.width = width;
        numbers = new Numbers(arena, 2);
        x = numbers.normal(DataType.F32, rows, width);
        gamma = numbers.normal(DataType.F32, width);
        beta = numbers.normal(DataType.F32, width);
        gradY = numbers.normal(DataType.F32, rows, width);
    }

    private String shape() {
        return rows + " x " + width + " f32";
    }

    Contest layerNormForward() {
        return new Contest("LayerNorm forward", shape(), 2e-6, forward(new LayerNorm().epsilon(EPSILON), new NormParameters(gamma, beta)),
                List.of(torchLayerNorm()));
    }

    Contest rmsNormForward() {
        return new Contest("RMSNorm forward", shape(), 2e-6, forward(new RmsNorm().epsilon(EPSILON), new NormParameters(gamma)),
                List.of(torchRmsNorm()));
    }

    Contest layerNormBackward() {
        return new Contest("LayerNorm backward", shape(), 2e-6, backward(new LayerNorm().epsilon(EPSILON), new NormParameters(gamma, beta)),
                List.of(torchLayerNormBackward()));
    }

    Contest rmsNormBothWays() {
        return new Contest("RMSNorm forward and backward", shape(), 2e-6, bothWays(new RmsNorm().epsilon(EPSILON)),
                List.of(torchRmsNormBothWays()));
    }

    private Contender forward(RowNorm<?> norm, NormParameters parameters) {
        Tensor y = numbers.zeros(DataType.F32, rows, width);
        NormStatistics statistics = norm.allocateStatistics(arena, x);
        return new Contender("Basin", "statistics kept", () -> norm.forward(basin, x, parameters, y, statistics),
                () -> Numbers.of(y));
    }

    private Contender backward(RowNorm<?> norm, NormParameters parameters) {
        Tensor gradX = numbers.zeros(DataType.F32, rows, width);
        NormStatistics statistics = norm.allocateStatistics(arena, x);
        norm.forward(basin, x, parameters, gradX, statistics);
        NormGradients gradients = new NormGradients(numbers.zeros(DataType.F32, width), numbers.zeros(DataType.F32, width));
        return new Contender("Basin", "from the statistics of the forward pass", () -> norm.backward(
                basin, gradY, x, parameters, statistics, gradX, gradients), () -> Numbers.of(gradX));
    }

    private Contender bothWays(RmsNorm norm) {
        Tensor y = numbers.zeros(DataType.F32, rows, width);
        Tensor gradX = numbers.zeros(DataType.F32, rows, width);
        NormStatistics statistics = norm.allocateStatistics(arena, x);
        NormGradients gradients = new NormGradients(numbers.zeros(DataType.F32, width));
        NormParameters parameters = new NormParameters(gamma);
        return new Contender("Basin", "buffers made before", () -> {
            norm.forward(basin, x, parameters, y, statistics);
            norm.backward(basin, gradY, x, parameters, statistics, gradX, gradients);
        }, () -> Numbers.of(gradX));
    }

    private Contender torchLayerNorm() {
        org.bytedeco.pytorch.Tensor input = PyTorch.over(x);
        org.bytedeco.pytorch.Tensor y = torch.empty_like(input);
        org.bytedeco.pytorch.Tensor mean = PyTorch.zeros(DataType.F32, rows, 1);
        org.bytedeco.pytorch.Tensor rstd = PyTorch.zeros(DataType.F32, rows, 1);
        TensorOptional gain = new TensorOptional(PyTorch.over(gamma));
        TensorOptional shift = new TensorOptional(PyTorch.over(beta));
        return new Contender(PyTorch.NAME + " native_layer_norm", "outputs made before", () -> {
            try (PointerScope scope = new PointerScope()) {
                torch.native_layer_norm_out(y, mean, rstd, input, new long[] {width}, gain, shift, EPSILON);
            }
        }, () -> PyTorch.numbers(y));
    }

    private Contender torchLayerNormBackward() {
        org.bytedeco.pytorch.Tensor input = PyTorch.over(x);
        org.bytedeco.pytorch.Tensor upstream = PyTorch.over(gradY);
        org.bytedeco.pytorch.Tensor y = torch.empty_like(input);
        org.bytedeco.pytorch.Tensor mean = PyTorch.zeros(DataType.F32, rows, 1);
        org.bytedeco.pytorch.Tensor rstd = PyTorch.zeros(DataType.F32, rows, 1);
        TensorOptional gain = new TensorOptional(PyTorch.over(gamma));
        TensorOptional shift = new TensorOptional(PyTorch.over(beta));
        torch.native_layer_norm_out(y, mean, rstd, input, new long[] {width}, gain, shift, EPSILON);
        org.bytedeco.pytorch.Tensor gradX = torch.empty_like(input);
        org.bytedeco.pytorch.Tensor gradGamma = PyTorch.zeros(DataType.F32, width);
        org.bytedeco.pytorch.Tensor gradBeta = PyTorch.zeros(DataType.F32, width);
        BoolPointer wanted = new BoolPointer(3).put(0, true).put(1, true).put(2, true);
        return new Contender(PyTorch.NAME + " native_layer_norm_backward", "outputs made before, statistics kept", () -> {
            try (PointerScope scope = new PointerScope()) {
                torch.native_layer_norm_backward_out(gradX, gradGamma, gradBeta, upstream, input, new long[] {width}, mean, rstd,
                        gain, shift, wanted);
            }
        }, () -> PyTorch.numbers(gradX));
    }

    private Contender torchRmsNorm() {
        org.bytedeco.pytorch.Tensor input = PyTorch.over(x);
        TensorOptional gain = new TensorOptional(PyTorch.over(gamma));
        DoubleOptional epsilon = new DoubleOptional(EPSILON);
        org.bytedeco.pytorch.Tensor[] last = new org.bytedeco.pytorch.Tensor[1];
        return new Contender(PyTorch.NAME + " rms_norm", "malloc tuned to keep its buffers", () -> {
            try (PointerScope scope = new PointerScope()) {
                last[0] = torch.rms_norm(input, new long[] {width}, gain, epsilon);
            }
        }, () -> PyTorch.numbers(torch.rms_norm(input, new long[] {width}, gain, epsilon)));
    }

    private Contender torchRmsNormBothWays() {
        org.bytedeco.pytorch.Tensor input = PyTorch.copy(x).set_requires_grad(true);
        org.bytedeco.pytorch.Tensor gain = PyTorch.copy(gamma).set_requires_grad(true);
        org.bytedeco.pytorch.Tensor upstream = PyTorch.over(gradY);
        TensorOptional wrapped = new TensorOptional(gain);
        DoubleOptional epsilon = new DoubleOptional(EPSILON);
        TensorOptional gradient = new TensorOptional(upstream);
        return new Contender(PyTorch.NAME + " rms_norm, autograd", "malloc tuned to keep its buffers", () -> {
            try (PointerScope scope = new PointerScope()) {
                input.mutable_grad().reset();
                gain.mutable_grad().reset();
                torch.rms_norm(input, new long[] {width}, wrapped, epsilon)
                        .backward(upstream, new org.bytedeco.pytorch.BoolOptional(), false, new org.bytedeco.pytorch.TensorArrayRefOptional());
            }
        }, () -> PyTorch.numbers(input.grad()));
    }
}
