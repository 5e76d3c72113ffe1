package dev.basin.fallback;

/** The gradients of {@link LionKFormula} in float, in place: a plain loop each, which the JIT compiler vectorises where it can. */
final class FastLionK {
    private FastLionK() {}

    static void slope(int kind, float e, float[] z, int length) {
        switch (kind) {
            case 1 -> soft(e, z, length);
            case 2 -> huber(e, z, length);
            case 3 -> relativistic(e, z, length);
            case 4 -> logCosh(e, z, length);
            case 5 -> logSmooth(e, z, length);
            case 6 -> { }
            default -> sign(z, length);
        }
    }

    private static void sign(float[] z, int length) {
        for (int i = 0; i < length; i++) {
            z[i] = Math.signum(z[i]);
        }
    }

    private static void soft(float e, float[] z, int length) {
        for (int i = 0; i < length; i++) {
            z[i] = Math.abs(z[i]) > e ? Math.signum(z[i]) : z[i] - z[i];
        }
    }

    private static void huber(float e, float[] z, int length) {
        for (int i = 0; i < length; i++) {
            z[i] = Math.abs(z[i]) > e ? Math.signum(z[i]) : z[i] / e;
        }
    }

    private static void relativistic(float e, float[] z, int length) {
        for (int i = 0; i < length; i++) {
            double wide = z[i];
            z[i] = Float.isInfinite(z[i]) ? Math.signum(z[i]) : (float) (wide / Math.sqrt(wide * wide + (double) e * e));
        }
    }

    private static void logCosh(float e, float[] z, int length) {
        for (int i = 0; i < length; i++) {
            z[i] = (float) Math.tanh(z[i] / e);
        }
    }

    private static void logSmooth(float e, float[] z, int length) {
        for (int i = 0; i < length; i++) {
            z[i] = Float.isInfinite(z[i]) ? Math.signum(z[i]) : z[i] / (Math.abs(z[i]) + e);
        }
    }
}
