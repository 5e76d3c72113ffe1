package dev.basin.loss;

import dev.basin.Basin;
import dev.basin.Tensor;
import dev.basin.kernel.KernelDeclaration;
import dev.basin.kernel.OutputKernels;
import org.jspecify.annotations.Nullable;

/**
 * The spherical family: losses that see of a row's logits nothing but the target's, the sum of squares and the sum (de Brebisson and
 * Vincent, arXiv 1511.05042 and 1604.08859). They are what {@link FactoredOutputLayer} trains, for which the three numbers are enough.
 *
 * <p>With {@code A} the target's logit, {@code q = sum_k o_k^2}, {@code s = sum_k o_k} of {@code D} logits:
 *
 * <pre>{@code
 * Z-loss              softplus(a (b - z)) / a,  z = (A - s/D) / (sqrt(q/D - (s/D)^2) + epsilon)
 * squared error       q - 2 A + 1
 * Taylor softmax      log(D + s + q/2) - log(1 + A + A^2/2)
 * spherical softmax   log(q + D v) - log(A^2 + v)
 * }</pre>
 *
 * Arithmetic is in double. {@code q/D - (s/D)^2} cancels where the mean is far beyond the deviation: dense logits are better given to
 * {@link ZLoss}. Immutable; methods that set something return a changed copy.
 */
public final class SphericalLoss {
    private static final KernelDeclaration DECLARATION =
            KernelDeclaration.of(OutputKernels.class, "sphericalLossForwardBackward");

    /** Which loss; the order is the seam's. */
    public enum Kind {
        Z,
        SQUARED_ERROR,
        TAYLOR_SOFTMAX,
        SPHERICAL_SOFTMAX
    }

    private final Kind kind;
    private final double sharpness;
    private final double location;
    private final double epsilon;
    private final double scoreEpsilon;

    /** One of the family, with the defaults of its numbers. */
    public SphericalLoss(Kind kind) {
        this(kind, 1, 0, 1e-12, 1e-3);
    }

    private SphericalLoss(Kind kind, double sharpness, double location, double epsilon, double scoreEpsilon) {
        this.kind = kind;
        this.sharpness = DECLARATION.checked("sharpness", sharpness);
        this.location = DECLARATION.checked("location", location);
        this.epsilon = DECLARATION.checked("epsilon", epsilon);
        this.scoreEpsilon = DECLARATION.checked("scoreEpsilon", scoreEpsilon);
    }

    /** The Z-loss's a: finite and above 0, 1 by default. */
    public SphericalLoss sharpness(double value) {
        return new SphericalLoss(kind, value, location, epsilon, scoreEpsilon);
    }

    /** The Z-loss's b: finite, 0 by default. */
    public SphericalLoss location(double value) {
        return new SphericalLoss(kind, sharpness, value, epsilon, scoreEpsilon);
    }

    /** Added to the Z-loss's deviation: finite and at least 0, 1e-12 by default. */
    public SphericalLoss epsilon(double value) {
        return new SphericalLoss(kind, sharpness, location, value, scoreEpsilon);
    }

    /** The spherical softmax's v, added to every square: finite and above 0, 1e-3 by default. */
    public SphericalLoss scoreEpsilon(double value) {
        return new SphericalLoss(kind, sharpness, location, epsilon, value);
    }

    /**
     * Losses and derivatives of rows, each vector {@code [rows]} and all of one type, f32 or f64; what is null is not formed.
     *
     * @param classes how many logits a row has
     */
    public void forwardBackward(
            Basin basin, Tensor targetLogits, Tensor squareSums, Tensor sums, long classes, @Nullable Tensor losses,
            @Nullable Tensor gradTargetLogits, @Nullable Tensor gradSquareSums, @Nullable Tensor gradSums) {
        Arguments.requireGiven("targetLogits", targetLogits);
        requireLike("targetLogits", targetLogits, targetLogits);
        Arguments.requireGiven("squareSums", squareSums);
        requireLike("squareSums", squareSums, targetLogits);
        Arguments.requireGiven("sums", sums);
        requireLike("sums", sums, targetLogits);
        requireLike("losses", losses, targetLogits);
        requireLike("gradTargetLogits", gradTargetLogits, targetLogits);
        requireLike("gradSquareSums", gradSquareSums, targetLogits);
        requireLike("gradSums", gradSums, targetLogits);
        basin.kernels().output().sphericalLossForwardBackward(
                targetLogits.type().code(), targetLogits.memory(), squareSums.memory(), sums.memory(), Arguments.memory(losses),
                Arguments.memory(gradTargetLogits), Arguments.memory(gradSquareSums), Arguments.memory(gradSums), 0,
                targetLogits.size(), classes, kind.ordinal(), sharpness, location, epsilon, scoreEpsilon);
    }

    private static void requireLike(String name, @Nullable Tensor tensor, Tensor like) {
        Arguments.requireVector(name, tensor, like.size(), false);
        Arguments.requireSameType("targetLogits", like, name, tensor);
    }
}
