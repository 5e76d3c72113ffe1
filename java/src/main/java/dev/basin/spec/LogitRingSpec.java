package dev.basin.spec;

import dev.basin.Tensor;
import dev.basin.trajectory.LogitRing;
import java.util.List;

/** Page 41-saf: the memory of earlier outputs; each epoch writes its logits and reads those of {@code lag} epochs ago. */
final class LogitRingSpec {
    static final Spec SPEC = Spec.named("logit_ring", "41-saf", "The logits of earlier epochs")
            .size("epochs", 1, 9)
            .size("examples", 1, 20)
            .size("classes", 1, 40)
            .input("history", Sampler.normal(3), "epochs", "examples", "classes")
            .parameter(Parameter.integer("lag", 3, 1L, 2L, 3L))
            .keptOutput("read", "epochs", "examples", "classes")
            .without(HardCase.IN_PLACE)
            .computedBy(LogitRingSpec::evaluate);

    private LogitRingSpec() {}

    private static void evaluate(Evaluation evaluation) {
        List<Tensor> history = evaluation.parts("history");
        long[] shape = evaluation.shape("history");
        Tensor read = evaluation.output("read", shape);
        if (read.size() == 0) {
            return;
        }
        int lag = evaluation.integer("lag");
        Tensor indices = everyExample(shape[1]);
        LogitRing ring = evaluation.owned(LogitRing.allocate(read.type(), shape[1], shape[2], lag));
        for (int epoch = 0; epoch < history.size(); epoch++) {
            int now = epoch;
            evaluation.measure("write", () -> ring.write(evaluation.basin(), now, indices, history.get(now)));
            copy(ring.past(epoch, indices).logits(), read, epoch * shape[1] * shape[2]);
        }
    }

    private static Tensor everyExample(long count) {
        int[] indices = new int[Math.toIntExact(count)];
        java.util.Arrays.setAll(indices, i -> i);
        return Tensor.of(indices);
    }

    private static void copy(Tensor from, Tensor to, long offset) {
        for (long i = 0; i < from.size(); i++) {
            to.set(offset + i, from.get(i));
        }
    }
}
