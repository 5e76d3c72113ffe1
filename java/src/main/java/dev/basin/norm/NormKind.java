package dev.basin.norm;

/** What normalises the residual stream of a network before each part of it reads. */
public enum NormKind {
    /** {@code (x - mean x) / sqrt(variance x + eps)}. */
    LAYER_NORM,
    /** {@code x / sqrt(mean x^2 + eps)}: {@link #LAYER_NORM} where the stream has zero mean. */
    RMS_NORM,
    /** {@link #RMS_NORM} of a stream that leaves its last entry out, which is minus the sum of the others. */
    CRMS_NORM;

    /** A norm of this kind. */
    public RowNorm<?> norm() {
        return switch (this) {
            case LAYER_NORM -> new LayerNorm();
            case RMS_NORM -> new RmsNorm();
            case CRMS_NORM -> new CrmsNorm();
        };
    }
}
