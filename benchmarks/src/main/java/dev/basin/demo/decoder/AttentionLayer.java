package dev.basin.demo.decoder;

/**
 * Causal attention with several heads: {@code softmax(q k' / sqrt(size)) v} over what is not after the query. A row of its input
 * is a token's queries, keys and values, one after the other, each with the heads side by side.
 */
final class AttentionLayer {
    private final int heads;
    private final int size;
    private final int width;
    private final int time;
    private double[] qkv = {};
    private double[] shares = {};

    /**
     * @param width of all heads together
     * @param time how long each sequence is
     */
    AttentionLayer(int heads, int width, int time) {
        this.heads = heads;
        this.size = width / heads;
        this.width = width;
        this.time = time;
    }

    double[] forward(double[] input) {
        qkv = input;
        int rows = qkv.length / (3 * width);
        shares = new double[rows * heads * time];
        double[] y = new double[rows * width];
        for (int row = 0; row < rows; row++) {
            for (int head = 0; head < heads; head++) {
                attend(row, head, y);
            }
        }
        return y;
    }

    /** The gradient by the input of the last {@link #forward} from that by its result. */
    double[] backward(double[] gradY) {
        double[] gradient = new double[qkv.length];
        for (int row = 0; row < gradY.length / width; row++) {
            for (int head = 0; head < heads; head++) {
                differentiate(row, head, gradY, gradient);
            }
        }
        return gradient;
    }

    private void attend(int row, int head, double[] y) {
        int first = row - row % time;
        int share = (row * heads + head) * time;
        double largest = Double.NEGATIVE_INFINITY;
        for (int other = first; other <= row; other++) {
            double score = Doubles.dot(qkv, query(row, head), qkv, key(other, head), size) / Math.sqrt(size);
            shares[share + other - first] = score;
            largest = Math.max(largest, score);
        }
        double sum = 0;
        for (int other = first; other <= row; other++) {
            double weight = Math.exp(shares[share + other - first] - largest);
            shares[share + other - first] = weight;
            sum += weight;
        }
        for (int other = first; other <= row; other++) {
            shares[share + other - first] /= sum;
            Doubles.addScaled(
                    shares[share + other - first], qkv, value(other, head), y, row * width + head * size, size);
        }
    }

    private void differentiate(int row, int head, double[] gradY, double[] gradient) {
        int first = row - row % time;
        int share = (row * heads + head) * time;
        int y = row * width + head * size;
        double mean = 0;
        for (int other = first; other <= row; other++) {
            mean += shares[share + other - first] * Doubles.dot(gradY, y, qkv, value(other, head), size);
        }
        for (int other = first; other <= row; other++) {
            double weight = shares[share + other - first];
            double gradShare = Doubles.dot(gradY, y, qkv, value(other, head), size);
            double gradScore = weight * (gradShare - mean) / Math.sqrt(size);
            Doubles.addScaled(weight, gradY, y, gradient, value(other, head), size);
            Doubles.addScaled(gradScore, qkv, key(other, head), gradient, query(row, head), size);
            Doubles.addScaled(gradScore, qkv, query(row, head), gradient, key(other, head), size);
        }
    }

    private int query(int row, int head) {
        return row * 3 * width + head * size;
    }

    private int key(int row, int head) {
        return query(row, head) + width;
    }

    private int value(int row, int head) {
        return query(row, head) + 2 * width;
    }
}
