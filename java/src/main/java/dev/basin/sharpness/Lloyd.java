package dev.basin.sharpness;

import dev.basin.Basin;
import dev.basin.DataType;
import dev.basin.Tensor;
import dev.basin.kernel.SharpnessKernels;
import dev.basin.matrix.Rows;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;

/** Points and centres between two of Lloyd's steps, in memory that is taken once. */
final class Lloyd implements AutoCloseable {
    /** Products that are there at a time. */
    private static final int BLOCK_ELEMENTS = 1 << 18;
    /** Below so many entries of all centres a matrix product costs more than measuring. */
    private static final int FEWEST_ENTRIES = 64;
    /** Points to a partial sum, or more, lest partial sums be larger than the points. */
    private static final int SUM_ROWS = 4096;
    private static final int SUM_ROWS_A_CENTRE = 16;
    /** Half the distance of 1 to the next f32, and the smallest of its normal numbers, below which products may become 0. */
    private static final double ROUNDOFF = 0x1p-24;
    private static final double UNDERFLOW = 0x1p-126;
    /** Above 1, for the rounding of the bound itself. */
    private static final double MARGIN = 1.1;

    private final Basin basin;
    private final SharpnessKernels kernels;
    private final Tensor x;
    private final int points;
    private final int width;
    private final int clusters;
    private final double[] centres;
    private final boolean usesProducts;
    private final int blockPoints;
    private final float[] roundedCentres;
    private final float[] squares;
    private final long sumRows;
    private final int sumBlocks;
    private final List<MemorySegment> taken = new ArrayList<>();
    private final MemorySegment assignments;
    private final MemorySegment distances;
    private final MemorySegment products;
    private final MemorySegment widened;
    private final MemorySegment sums;
    private final MemorySegment counts;
    private double slackScale;
    private double slack;

    Lloyd(Basin basin, Tensor x, Tensor initial) {
        this.basin = basin;
        this.kernels = basin.kernels().sharpness();
        this.x = x;
        this.points = Math.toIntExact(x.rows());
        this.width = Math.toIntExact(x.columns());
        this.clusters = Math.toIntExact(initial.rows());
        this.centres = Rows.loadAll(initial);
        this.usesProducts = centres.length >= FEWEST_ENTRIES && x.isContiguous() && !basin.backend().equals("cuda")
                && (x.type() == DataType.F32 || x.type() == DataType.BF16);
        this.blockPoints = Math.clamp(BLOCK_ELEMENTS / Math.max(clusters, width), 1, Math.max(1, points));
        this.roundedCentres = new float[usesProducts ? centres.length : 0];
        this.squares = new float[usesProducts ? clusters : 0];
        this.sumRows = Math.max(SUM_ROWS, (long) SUM_ROWS_A_CENTRE * clusters);
        this.sumBlocks = Math.toIntExact(Math.ceilDiv(points, sumRows));
        this.assignments = take((long) points * Integer.BYTES);
        this.distances = take((long) points * Double.BYTES);
        this.products = usesProducts ? take((long) blockPoints * clusters * Float.BYTES) : MemorySegment.NULL;
        this.widened = usesProducts && x.type() == DataType.BF16 ? take((long) blockPoints * width * Float.BYTES) : MemorySegment.NULL;
        this.sums = take((long) sumBlocks * centres.length * Double.BYTES);
        this.counts = take((long) sumBlocks * clusters * Double.BYTES);
    }

    private MemorySegment take(long bytes) {
        MemorySegment memory = basin.scratch().acquire(bytes);
        taken.add(memory);
        return memory;
    }

    @Override
    public void close() {
        taken.forEach(basin.scratch()::release);
    }

    /** Finds the nearest centre of each point, and if it is measured its distance. */
    void assign(boolean isMeasured) {
        if (!usesProducts) {
            kernels.kmeansAssign(x.type().code(), x.memory(), x.rowStride(), MemorySegment.ofArray(centres), MemorySegment.NULL,
                    MemorySegment.NULL, assignments, isMeasured ? distances : MemorySegment.NULL, 0, points, width, clusters, 0, 0);
            return;
        }
        prepareProducts();
        for (int begin = 0; begin < points; begin += blockPoints) {
            assignBlock(begin, Math.min(blockPoints, points - begin), isMeasured);
        }
    }

    private void assignBlock(int begin, int count, boolean isMeasured) {
        MemorySegment block = block(begin, count);
        basin.gemm().multiply(false, true, count, clusters, width, 1, block, MemorySegment.ofArray(roundedCentres), 0, products);
        kernels.kmeansAssign(DataType.F32.code(), block, width, MemorySegment.ofArray(centres), products,
                MemorySegment.ofArray(squares), assignments.asSlice((long) begin * Integer.BYTES),
                isMeasured ? distances.asSlice((long) begin * Double.BYTES) : MemorySegment.NULL, 0, count, width, clusters,
                slackScale, slack);
    }

    /** Some points as f32. */
    private MemorySegment block(int begin, int count) {
        long size = x.type().byteSize();
        MemorySegment stored = x.memory().asSlice((long) begin * width * size, (long) count * width * size);
        if (x.type() == DataType.F32) {
            return stored;
        }
        basin.kernels().optimizer().convert(x.type().code(), stored, DataType.F32.code(), widened, 0, (long) count * width);
        return widened;
    }

    /**
     * A score is {@code |c|^2 - 2 x.c} to within {@code ROUNDOFF ((2 width + 4) sum_i |x_i c_i| + 2 |c|^2)}: the product's sum in any
     * order, the centre and its square rounded, and the score itself. Two scores may be off by that each.
     */
    private void prepareProducts() {
        double largestSum = 0;
        double largestSquare = 0;
        for (int j = 0; j < clusters; j++) {
            double sum = 0;
            double square = 0;
            for (int i = j * width; i < (j + 1) * width; i++) {
                roundedCentres[i] = (float) centres[i];
                sum += Math.abs(centres[i]);
                square += centres[i] * centres[i];
            }
            squares[j] = (float) square;
            largestSum = Math.max(largestSum, sum);
            largestSquare = Math.max(largestSquare, square);
        }
        slackScale = MARGIN * ((4.0 * width + 8) * ROUNDOFF * largestSum + 4.0 * width * UNDERFLOW);
        slack = MARGIN * (4 * ROUNDOFF * largestSquare + (4.0 * width + 8) * UNDERFLOW);
    }

    /** Refuses points that are not finite, or so large that their distances are not. */
    void requireFinite() {
        for (int row = 0; row < points; row++) {
            double distance = distance(row);
            if (!Double.isFinite(distance)) {
                throw new IllegalArgumentException("x must be finite, and so must its squared distances to centres be, got "
                        + distance + " for row " + row);
            }
        }
    }

    /** Moves each centre to the mean of its points; whether one has moved. */
    boolean update() {
        kernels.kmeansSums(x.type().code(), x.memory(), x.rowStride(), assignments, sums, counts, 0, sumBlocks, points, width,
                clusters, sumRows);
        boolean hasMoved = false;
        for (int j = 0; j < clusters; j++) {
            double count = total(counts, j, clusters);
            for (int i = j * width; i < (j + 1) * width && count > 0; i++) {
                double mean = total(sums, i, centres.length) / count;
                hasMoved |= mean != centres[i];
                centres[i] = mean;
            }
        }
        return hasMoved;
    }

    private double total(MemorySegment partials, int index, int stride) {
        double total = 0;
        for (long block = 0; block < sumBlocks; block++) {
            total += partials.get(ValueLayout.JAVA_DOUBLE, (block * stride + index) * Double.BYTES);
        }
        return total;
    }

    private double distance(int row) {
        return distances.get(ValueLayout.JAVA_DOUBLE, (long) row * Double.BYTES);
    }

    /** The sum of the distances that were measured last. */
    double inertia() {
        double total = 0;
        for (int row = 0; row < points; row++) {
            total += distance(row);
        }
        return total;
    }

    void writeCentres(Tensor to) {
        Rows.storeAll(to, centres);
    }

    void writeAssignments(Tensor to) {
        MemorySegment.copy(assignments, 0, to.memory(), 0, (long) points * Integer.BYTES);
    }

    void writeDistances(Tensor to) {
        for (int row = 0; row < points; row++) {
            to.set(row, distance(row));
        }
    }
}
