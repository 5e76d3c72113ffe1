package dev.basin.peers.pytorch;

import dev.basin.peers.Contender;
import dev.basin.peers.Contest;
import dev.basin.peers.Numbers;
import dev.basin.Basin;
import dev.basin.DataType;
import dev.basin.Tensor;
import dev.basin.optim.AdamW;
import dev.basin.optim.Lion;
import dev.basin.optim.Optimizer;
import dev.basin.optim.Sgd;
import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.IValue;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.global.torch;

/** Steps of optimizers over one tensor or over many. */
final class OptimizerContest {
    private static final double LEARNING_RATE = 1e-3;
    private static final double BETA1 = 0.9;
    private static final double BETA2 = 0.999;
    private static final double EPSILON = 1e-8;
    private static final double DECAY = 0.01;

    private final Basin basin;
    private final Tensor weights;
    private final Tensor gradients;
    private final Tensor mine;
    private final long tensors;
    private final long size;

    /** {@code tensors} tensors of {@code size} numbers. */
    OptimizerContest(Basin basin, Arena arena, long tensors, long size) {
        this.basin = basin;
        this.tensors = tensors;
        this.size = size;
        Numbers numbers = new Numbers(arena, 3);
        weights = numbers.normal(DataType.F32, tensors, size);
        gradients = numbers.normal(DataType.F32, tensors, size);
        mine = numbers.copy(weights);
    }

    private String shape() {
        return (tensors == 1 ? "" : tensors + " x ") + size + " f32";
    }

    Contest adamW() {
        AdamW adamw = AdamW.over(basin, rows(mine),
                AdamW.Options.defaults().beta1(BETA1).beta2(BETA2).epsilon(EPSILON).weightDecay(DECAY));
        org.bytedeco.pytorch.Tensor theirs = PyTorch.copy(weights);
        Runnable fused = PyTorch.operator("_fused_adamw_", "", PyTorch.list(theirs), list(gradients), zeros(), zeros(), nothing(),
                steps(), LEARNING_RATE, BETA1, BETA2, DECAY, EPSILON, false, false, new IValue(), new IValue());
        return contest("AdamW step", adamw, fused, theirs, " _fused_adamw_", "its step count stays at 1");
    }

    Contest sgd() {
        Sgd sgd = Sgd.over(basin, rows(mine), Sgd.Options.defaults().momentum(BETA1));
        org.bytedeco.pytorch.Tensor theirs = PyTorch.copy(weights);
        Runnable fused = PyTorch.operator("_fused_sgd_", "", PyTorch.list(theirs), list(gradients), zeros(), 0.0, BETA1,
                LEARNING_RATE, 0.0, false, false, false, new IValue(), new IValue());
        return contest("SGD with momentum", sgd, fused, theirs, " _fused_sgd_", "");
    }

    /** PyTorch has no fused Lion: its step is the usual chain of operators in place. */
    Contest lion() {
        Lion lion = Lion.over(basin, rows(mine), Lion.Options.defaults().beta1(0.9).beta2(0.99).weightDecay(DECAY));
        org.bytedeco.pytorch.Tensor theirs = PyTorch.copy(weights);
        org.bytedeco.pytorch.Tensor momentum = torch.zeros_like(theirs);
        org.bytedeco.pytorch.Tensor update = torch.empty_like(theirs);
        org.bytedeco.pytorch.Tensor gradient = PyTorch.over(gradients);
        Scalar decayed = new Scalar(1 - LEARNING_RATE * DECAY);
        Scalar beta1 = new Scalar(0.9);
        Scalar beta2 = new Scalar(0.99);
        Scalar own1 = new Scalar(1 - 0.9);
        Scalar own2 = new Scalar(1 - 0.99);
        Scalar step = new Scalar(-LEARNING_RATE);
        Runnable chain = () -> {
            try (PointerScope scope = new PointerScope()) {
                theirs.mul_(decayed);
                torch.mul_out(update, momentum, beta1).add_(gradient, own1).sign_();
                theirs.add_(update, step);
                momentum.mul_(beta2).add_(gradient, own2);
            }
        };
        return contest("Lion step", lion, chain, theirs, " op chain", "operators in place, one buffer made before");
    }

    private Contest contest(
            String work, Optimizer<?> ours, Runnable step, org.bytedeco.pytorch.Tensor theirs, String operator, String allowed) {
        List<Tensor> each = rows(gradients);
        return new Contest(work, shape(), 1e-6, Contender.ofFirst("Basin", "", () -> ours.step(each, LEARNING_RATE), () -> Numbers.of(mine)),
                List.of(Contender.ofFirst(PyTorch.NAME + operator, allowed, step, () -> PyTorch.numbers(theirs))));
    }

    private List<Tensor> rows(Tensor whole) {
        List<Tensor> rows = new ArrayList<>();
        long bytes = size * Float.BYTES;
        for (long i = 0; i < tensors; i++) {
            rows.add(Tensor.of(whole.memory().asSlice(i * bytes, bytes), DataType.F32, size));
        }
        return rows;
    }

    private static IValue list(Tensor tensor) {
        return PyTorch.list(PyTorch.over(tensor));
    }

    private IValue zeros() {
        return PyTorch.list(PyTorch.zeros(DataType.F32, tensors, size));
    }

    private IValue nothing() {
        return PyTorch.list(PyTorch.zeros(DataType.F32, 0, size));
    }

    private IValue steps() {
        return PyTorch.list(torch.ones_like(PyTorch.zeros(DataType.F32, tensors)));
    }
}
