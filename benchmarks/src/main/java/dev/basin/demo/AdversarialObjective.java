package dev.basin.demo;

import dev.basin.Basin;
import dev.basin.DataType;
import dev.basin.Tensor;
import dev.basin.loss.RowBuffers;
import dev.basin.loss.SmoothAdversarialCompSum;
import java.lang.foreign.MemorySegment;

/**
 * The smooth adversarial comp-sum loss. Each step looks for pixels near those of the batch that move the margins furthest, and the
 * loss charges for how far they move. Then the batch and its attacked copy go through the network together, one above the other,
 * so that the gradients of both add up in the weights.
 */
final class AdversarialObjective implements Objective {
    private final Basin basin;
    private final Network network;
    private final Batch batch;
    private final KernelClock clock;
    private final SmoothAdversarialCompSum loss;
    private final InputAttack attack;
    private final float[] pixels;
    private final float[] logits;
    private final float[] gradients;
    private final Tensor cleanLogits;
    private final Tensor attackedLogits;
    private final Tensor cleanGradients;
    private final Tensor attackedGradients;

    AdversarialObjective(Basin basin, Network network, Batch batch, KernelClock clock, SmoothAdversarialCompSum loss) {
        this.basin = basin;
        this.network = network;
        this.batch = batch;
        this.clock = clock;
        this.loss = loss;
        this.attack = new InputAttack(network, batch.rows());
        this.pixels = new float[2 * batch.rows() * Digits.PIXELS];
        this.logits = new float[2 * batch.rows() * Digits.CLASSES];
        this.gradients = new float[2 * batch.rows() * Digits.CLASSES];
        this.cleanLogits = half(logits, 0);
        this.attackedLogits = half(logits, 1);
        this.cleanGradients = half(gradients, 0);
        this.attackedGradients = half(gradients, 1);
    }

    @Override
    public double differentiate() {
        network.forward(batch.rows(), batch.pixels(), logits);
        float[] attacked = attack.perturb(batch.pixels(), this::marginShift);
        System.arraycopy(batch.pixels(), 0, pixels, 0, attacked.length);
        System.arraycopy(attacked, 0, pixels, attacked.length, attacked.length);
        network.forward(2 * batch.rows(), pixels, logits);
        double mean = clock.time(() -> loss.forwardBackward(
                basin, cleanLogits, attackedLogits, batch.targets(), cleanGradients, attackedGradients, null, RowBuffers.NONE));
        network.backward(2 * batch.rows(), pixels, gradients);
        return mean;
    }

    /** What the attack makes large: of the loss, all that depends on the attacked logits. */
    private void marginShift(Tensor movedLogits, Tensor movedGradients) {
        clock.time(() -> loss.forwardBackward(
                basin, cleanLogits, movedLogits, batch.targets(), null, movedGradients, null, RowBuffers.NONE));
    }

    private Tensor half(float[] matrix, int which) {
        long bytes = (long) matrix.length / 2 * Float.BYTES;
        return Tensor.of(MemorySegment.ofArray(matrix).asSlice(which * bytes, bytes), DataType.F32, batch.rows(), Digits.CLASSES);
    }
}
