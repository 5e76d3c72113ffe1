package dev.basin.demo.decoder;

/** The Gaussian error linear unit in its tanh form (Hendrycks and Gimpel, arXiv 1606.08415, section 2). */
final class Gelu {
    private static final double ROOT = Math.sqrt(2 / Math.PI);
    private static final double CUBE = 0.044715;

    private Gelu() {}

    static double value(double x) {
        return x * (1 + Math.tanh(ROOT * (x + CUBE * x * x * x))) / 2;
    }

    static double derivative(double x) {
        double tanh = Math.tanh(ROOT * (x + CUBE * x * x * x));
        return (1 + tanh + x * (1 - tanh * tanh) * ROOT * (1 + 3 * CUBE * x * x)) / 2;
    }
}
