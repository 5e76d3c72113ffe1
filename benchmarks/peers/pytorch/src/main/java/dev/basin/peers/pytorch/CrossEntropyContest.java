package dev.basin.peers.pytorch;

import dev.basin.peers.BasinContenders;
import dev.basin.peers.Contender;
import dev.basin.peers.Contest;
import dev.basin.peers.Numbers;
import dev.basin.peers.JavaChain;
import dev.basin.Basin;
import dev.basin.DataType;
import dev.basin.Tensor;
import dev.basin.loss.CrossEntropy;
import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.global.torch;

/** Mean cross-entropy of a batch and its gradient. */
final class CrossEntropyContest {
    private CrossEntropyContest() {}

    static Contest of(Basin basin, Arena arena, DataType type, int rows, int classes) {
        Numbers numbers = new Numbers(arena, 1);
        Tensor logits = numbers.normal(type, rows, classes);
        Tensor targets = numbers.labels(rows, classes);
        List<Contender> peers = new ArrayList<>(List.of(
                autograd(logits, targets), preallocated(logits, targets), byHand(logits, targets)));
        if (type == DataType.F32) {
            peers.add(javaLoops(logits, targets));
        }
        double tolerance = type == DataType.F32 ? 2e-5 : 0x1p-6;
        return new Contest("cross-entropy, forward and backward", rows + " x " + classes + " " + type.label(), tolerance,
                BasinContenders.crossEntropy(basin, numbers, new CrossEntropy(), logits, targets), peers);
    }

    private static Contender autograd(Tensor logits, Tensor targets) {
        org.bytedeco.pytorch.Tensor leaf = PyTorch.copy(logits).set_requires_grad(true);
        org.bytedeco.pytorch.Tensor labels = PyTorch.labels(targets);
        return new Contender(PyTorch.NAME + " autograd", "cross_entropy_loss and backward; malloc tuned to keep its buffers", () -> {
            try (PointerScope scope = new PointerScope()) {
                leaf.mutable_grad().reset();
                torch.cross_entropy_loss(leaf, labels).backward();
            }
        }, () -> PyTorch.numbers(leaf.grad()));
    }

    private static Contender preallocated(Tensor logits, Tensor targets) {
        org.bytedeco.pytorch.Tensor x = PyTorch.over(logits);
        org.bytedeco.pytorch.Tensor labels = PyTorch.labels(targets);
        org.bytedeco.pytorch.Tensor logProbabilities = torch.empty_like(x);
        org.bytedeco.pytorch.Tensor gradLogProbabilities = torch.empty_like(x);
        org.bytedeco.pytorch.Tensor gradient = torch.empty_like(x);
        org.bytedeco.pytorch.Tensor loss = PyTorch.zeros(logits.type());
        org.bytedeco.pytorch.Tensor weight = PyTorch.zeros(logits.type());
        org.bytedeco.pytorch.Tensor one = torch.ones_like(loss);
        TensorOptional none = new TensorOptional();
        Runnable softmax = PyTorch.operator("_log_softmax", "out", x, 1L, false, logProbabilities);
        Runnable backward = PyTorch.operator("_log_softmax_backward_data", "out", gradLogProbabilities, logProbabilities, 1L,
                new org.bytedeco.pytorch.IValue(x.scalar_type()), gradient);
        return new Contender(PyTorch.NAME + " operators", "_log_softmax, nll_loss and their backward into buffers made before", () -> {
            try (PointerScope scope = new PointerScope()) {
                softmax.run();
                torch.nll_loss_forward_out(loss, weight, logProbabilities, labels, none, 1, -100);
                torch.nll_loss_backward_out(gradLogProbabilities, one, logProbabilities, labels, none, 1, -100, weight);
                backward.run();
            }
        }, () -> PyTorch.numbers(gradient));
    }

    private static Contender byHand(Tensor logits, Tensor targets) {
        org.bytedeco.pytorch.Tensor x = PyTorch.over(logits);
        org.bytedeco.pytorch.Tensor labels = PyTorch.labels(targets).view(new long[] {-1, 1});
        org.bytedeco.pytorch.Tensor gradient = torch.empty_like(x);
        org.bytedeco.pytorch.Tensor minusOne = torch.ones_like(labels).to(x.scalar_type()).neg();
        Scalar share = new Scalar(1.0 / logits.rows());
        Runnable softmax = PyTorch.operator("_softmax", "out", x, 1L, false, gradient);
        return new Contender(PyTorch.NAME + " by hand", "_softmax into the gradient, then -1 at the labels, then the mean; log of the labels' probabilities", () -> {
            try (PointerScope scope = new PointerScope()) {
                softmax.run();
                gradient.gather(1, labels).log().mean();
                gradient.scatter_add_(1, labels, minusOne).mul_(share);
            }
        }, () -> PyTorch.numbers(gradient));
    }

    private static Contender javaLoops(Tensor logits, Tensor targets) {
        JavaChain chain = new JavaChain(Numbers.array(logits), targets, Math.toIntExact(logits.columns()));
        return new Contender("Java op chain", "one loop an operator over float[], buffers made before, one thread", chain::run, () -> Numbers.of(chain.gradient()));
    }
}
