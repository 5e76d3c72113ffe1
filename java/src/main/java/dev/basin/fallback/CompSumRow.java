package dev.basin.fallback;

/** A comp-sum loss of one row that counts. */
final class CompSumRow {
    private final SoftmaxRow row;
    private final int target;
    private final double surprisal;
    private final double rise;
    private final double rho;

    CompSumRow(SoftmaxRow row, int target, double tau, double rho) {
        this.row = row;
        this.target = target;
        this.surprisal = row.negativeLogProbability(target);
        this.rise = 1 - tau;
        this.rho = rho;
    }

    double loss() {
        return rise == 0 ? surprisal : Math.expm1(rise * surprisal) / rise;
    }

    /** In the log domain, so that a power beyond the numbers never meets a probability of 0. */
    double gradient(int k) {
        double power = rise == 0 ? 0 : rise * surprisal;
        if (k == target) {
            return -row.complement(k) * Math.exp(power) / rho;
        }
        double p = row.probability(k);
        return p == 0 ? 0 : Math.exp(Math.log(p) + power) / rho;
    }
}
