package dev.basin.peers.nd4j;

import dev.basin.Basin;
import dev.basin.DataType;
import dev.basin.Tensor;
import dev.basin.loss.CrossEntropy;
import dev.basin.optim.AdamW;
import dev.basin.peers.BasinContenders;
import dev.basin.peers.Contender;
import dev.basin.peers.Contest;
import dev.basin.peers.Numbers;
import dev.basin.peers.PeerTable;
import java.lang.foreign.Arena;
import java.util.List;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.impl.loss.SparseSoftmaxCrossEntropyLossWithLogits;
import org.nd4j.linalg.api.ops.impl.loss.bp.SparseSoftmaxCrossEntropyLossWithLogitsBp;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.AdamUpdater;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.nativeblas.NativeOpsHolder;

/** ND4J at the same work, with one thread. */
public final class Nd4jMain {
    private static final int ROWS = 256;
    private static final int CLASSES = 50257;
    private static final int PARAMETERS = 1 << 24;
    private static final double LEARNING_RATE = 1e-3;

    private Nd4jMain() {}

    /** What {@link PeerTable} takes. */
    public static void main(String[] arguments) {
        PeerTable table = new PeerTable(arguments);
        Nd4j.create(1); // which finds the backend that the next line needs
        NativeOpsHolder.getInstance().getDeviceNativeOps().setOmpNumThreads(1);
        try (Basin basin = Basin.open(Basin.Options.defaults().threads(1)); Arena arena = Arena.ofShared()) {
            table.add(crossEntropy(basin, new Numbers(arena, 1)), 1);
            table.add(adam(basin, new Numbers(arena, 2)), 1);
        }
    }

    /** The loss is a sum, as that of ND4J's backward pass. */
    private static Contest crossEntropy(Basin basin, Numbers numbers) {
        Tensor logits = numbers.normal(DataType.F32, ROWS, CLASSES);
        Tensor targets = numbers.labels(ROWS, CLASSES);
        Contender ours = BasinContenders.crossEntropy(basin, numbers, new CrossEntropy().reduction(dev.basin.loss.Reduction.SUM), logits, targets);

        INDArray x = Nd4j.createFromArray(Numbers.array(logits)).reshape(ROWS, CLASSES);
        int[] classes = new int[ROWS];
        for (int i = 0; i < ROWS; i++) {
            classes[i] = (int) targets.get(i);
        }
        INDArray labels = Nd4j.createFromArray(classes);
        INDArray losses = Nd4j.create(ROWS);
        INDArray gradient = Nd4j.create(ROWS, CLASSES);
        Contender theirs = new Contender("ND4J sparse_softmax_cross_entropy_loss_with_logits", "outputs made before", () -> {
            SparseSoftmaxCrossEntropyLossWithLogits forward = new SparseSoftmaxCrossEntropyLossWithLogits();
            forward.addInputArgument(labels, x);
            forward.addOutputArgument(losses);
            Nd4j.exec(forward);
            SparseSoftmaxCrossEntropyLossWithLogitsBp backward = new SparseSoftmaxCrossEntropyLossWithLogitsBp();
            backward.addInputArgument(labels, x);
            backward.addOutputArgument(gradient);
            Nd4j.exec(backward);
        }, () -> gradient.reshape(-1).toDoubleVector());
        return new Contest("cross-entropy, forward and backward", ROWS + " x " + CLASSES + " f32", 2e-5, ours, List.of(theirs));
    }

    private static Contest adam(Basin basin, Numbers numbers) {
        Tensor weights = numbers.normal(DataType.F32, PARAMETERS);
        Tensor gradients = numbers.normal(DataType.F32, PARAMETERS);
        INDArray theirWeights = Nd4j.createFromArray(Numbers.array(weights));
        INDArray theirGradients = Nd4j.createFromArray(Numbers.array(gradients));
        // ND4J folds the bias corrections into the learning rate and not into epsilon: at the first step, whose results are compared,
        // this epsilon is the same.
        AdamW adam = AdamW.over(basin, List.of(weights),
                AdamW.Options.defaults().weightDecay(0).epsilon(1e-8 / Math.sqrt(1 - 0.999)));
        Contender ours = BasinContenders.step(adam, weights, gradients, LEARNING_RATE);

        AdamUpdater updater = new AdamUpdater(new Adam(LEARNING_RATE, 0.9, 0.999, 1e-8));
        updater.setStateViewArray(Nd4j.create(2L * PARAMETERS), new long[] {PARAMETERS}, 'c', true);
        INDArray update = theirGradients.dup();
        Contender theirs = Contender.ofFirst("ND4J AdamUpdater, then subtraction", "its update overwrites the gradient, which is not copied back", () -> {
            updater.applyUpdater(update, 0, 0);
            theirWeights.subi(update);
        }, theirWeights::toDoubleVector);
        return new Contest("Adam step", PARAMETERS + " f32", 1e-6, ours, List.of(theirs));
    }
}
