package dev.basin.demo;

import dev.basin.Basin;
import dev.basin.Tensor;
import dev.basin.loss.AldrKl;
import java.util.Arrays;

/** ALDR-KL: each digit to learn from keeps a temperature of its own from epoch to epoch. */
final class LearntTemperatures implements LogitObjective.Loss {
    private final Batch batch;
    private final float[] kept;
    private final float[] current;
    private final AldrKl loss;

    LearntTemperatures(Batch batch, AldrKl loss, double initial) {
        this.batch = batch;
        this.kept = new float[batch.count()];
        this.current = new float[batch.rows()];
        this.loss = loss.temperatures(Tensor.of(current));
        Arrays.fill(kept, (float) initial);
    }

    @Override
    public double forwardBackward(Basin basin, Tensor logits, Tensor targets, Tensor gradients) {
        for (int i = 0; i < current.length; i++) {
            current[i] = kept[batch.indices()[i]];
        }
        double mean = loss.forwardBackward(basin, logits, targets, gradients);
        for (int i = 0; i < current.length; i++) {
            kept[batch.indices()[i]] = current[i];
        }
        return mean;
    }
}
