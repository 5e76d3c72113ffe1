package dev.basin.peers;

import dev.basin.Basin;
import dev.basin.Tensor;
import dev.basin.loss.CrossEntropy;
import dev.basin.optim.Optimizer;
import java.util.List;

/** Basin's side of contests that several peers take part in. */
public final class BasinContenders {
    private BasinContenders() {}

    /** Cross-entropy of a copy of the logits, in place. */
    public static Contender crossEntropy(Basin basin, Numbers numbers, CrossEntropy loss, Tensor logits, Tensor targets) {
        Tensor inPlace = numbers.copy(logits);
        return Contender.ofFirst("Basin, in place", "writes the gradient over the logits",
                () -> loss.forwardBackward(basin, inPlace, targets, inPlace), () -> Numbers.of(inPlace));
    }

    /** Steps of an optimizer over one tensor. */
    public static Contender step(Optimizer<?> optimizer, Tensor weights, Tensor gradients, double learningRate) {
        return Contender.ofFirst("Basin", "",
                () -> optimizer.step(List.of(gradients), learningRate), () -> Numbers.of(weights));
    }
}
