package dev.basin;

/** How the elements of a tensor are stored. The ordinals are the codes of {@code native/include/basin/types.h}. */
public enum DataType {
    /** IEEE 754 single precision. */
    F32(4),
    /** The upper half of an {@link #F32}; rounded to nearest, ties to even. */
    BF16(2),
    /** IEEE 754 half precision. */
    F16(2),
    /** IEEE 754 double precision; for the reference alone. */
    F64(8),
    /** Signed 32-bit integers: labels and indices. */
    I32(4);

    private final int byteSize;

    DataType(int byteSize) {
        this.byteSize = byteSize;
    }

    /** Bytes an element. */
    public int byteSize() {
        return byteSize;
    }

    /** What tensors of this type are computed in, and what is kept of a row: f64 for f64, else f32. */
    public DataType computationType() {
        return this == F64 ? F64 : F32;
    }

    /** The code that crosses the seam. */
    public int code() {
        return ordinal();
    }

    private static final DataType[] BY_CODE = values();

    /** The type with this code. */
    public static DataType ofCode(int code) {
        if (code < 0 || code >= BY_CODE.length) {
            throw new IllegalArgumentException("code must be from 0 to " + (BY_CODE.length - 1) + ", got " + code);
        }
        return BY_CODE[code];
    }

    /** The name in lower case, as documentation and the command line write it. */
    public String label() {
        return name().toLowerCase(java.util.Locale.ROOT);
    }
}
