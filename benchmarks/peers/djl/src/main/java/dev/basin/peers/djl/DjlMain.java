package dev.basin.peers.djl;

import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.training.GradientCollector;
import ai.djl.training.loss.Loss;
import ai.djl.training.optimizer.Adam;
import ai.djl.training.optimizer.Optimizer;
import ai.djl.training.tracker.Tracker;
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

/** DJL's own loss and optimizer, over its PyTorch engine, with one thread. */
public final class DjlMain {
    private static final int ROWS = 256;
    private static final int CLASSES = 50257;
    private static final int PARAMETERS = 1 << 24;
    private static final float LEARNING_RATE = 1e-3f;

    private DjlMain() {}

    /** What {@link PeerTable} takes. */
    public static void main(String[] arguments) {
        System.setProperty("ai.djl.pytorch.num_threads", "1");
        PeerTable table = new PeerTable(arguments);
        try (Basin basin = Basin.open(Basin.Options.defaults().threads(1));
                Arena arena = Arena.ofShared();
                NDManager manager = NDManager.newBaseManager()) {
            table.add(crossEntropy(basin, new Numbers(arena, 1), manager), 1);
            table.add(adam(basin, new Numbers(arena, 2), manager), 1);
        }
    }

    private static Contest crossEntropy(Basin basin, Numbers numbers, NDManager manager) {
        Tensor logits = numbers.normal(DataType.F32, ROWS, CLASSES);
        Tensor targets = numbers.labels(ROWS, CLASSES);
        Contender ours = BasinContenders.crossEntropy(basin, numbers, new CrossEntropy(), logits, targets);

        NDArray x = manager.create(Numbers.array(logits), new Shape(ROWS, CLASSES));
        NDArray labels = manager.create(Numbers.array(targets), new Shape(ROWS, 1)).toType(ai.djl.ndarray.types.DataType.INT64, false);
        x.setRequiresGradient(true);
        Loss theirs = Loss.softmaxCrossEntropyLoss();
        Contender theirLoss = Contender.ofFirst("DJL SoftmaxCrossEntropyLoss", "autograd; malloc tuned to keep its buffers", () -> {
            try (GradientCollector collector = Engine.getInstance().newGradientCollector();
                    NDManager scope = manager.newSubManager()) {
                collector.zeroGradients();
                NDList prediction = new NDList(x);
                NDArray value = theirs.evaluate(new NDList(labels), prediction);
                value.attach(scope);
                collector.backward(value);
            }
        }, () -> numbersOf(x.getGradient()));
        return new Contest("cross-entropy, forward and backward", ROWS + " x " + CLASSES + " f32", 2e-5, ours, List.of(theirLoss));
    }

    private static Contest adam(Basin basin, Numbers numbers, NDManager manager) {
        Tensor weights = numbers.normal(DataType.F32, PARAMETERS);
        Tensor gradients = numbers.normal(DataType.F32, PARAMETERS);
        NDArray theirWeights = manager.create(Numbers.array(weights), new Shape(PARAMETERS));
        NDArray theirGradients = manager.create(Numbers.array(gradients), new Shape(PARAMETERS));
        // DJL folds the bias corrections into the learning rate and not into epsilon: at the first step, whose results are compared,
        // this epsilon is the same.
        AdamW adam = AdamW.over(basin, List.of(weights),
                AdamW.Options.defaults().weightDecay(0).epsilon(1e-8 / Math.sqrt(1 - 0.999)));
        Contender ours = BasinContenders.step(adam, weights, gradients, LEARNING_RATE);

        Optimizer optimizer = Adam.builder().optLearningRateTracker(Tracker.fixed(LEARNING_RATE)).build();
        Contender theirs = Contender.ofFirst("DJL Adam", "malloc tuned to keep its buffers",
                () -> optimizer.update("weights", theirWeights, theirGradients), () -> numbersOf(theirWeights));
        return new Contest("Adam step", PARAMETERS + " f32", 1e-6, ours, List.of(theirs));
    }

    private static double[] numbersOf(NDArray array) {
        return Numbers.of(array.toFloatArray());
    }
}
