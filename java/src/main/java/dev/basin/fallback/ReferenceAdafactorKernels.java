package dev.basin.fallback;

import dev.basin.DataType;
import java.lang.foreign.MemorySegment;

/** Adafactor as its page writes it, in double. */
abstract class ReferenceAdafactorKernels extends ReferenceSelectionKernels {
    private static final int F32 = DataType.F32.code();
    private static final int F64 = DataType.F64.code();

    @Override
    public void adafactorSquares(
            int gradientsType, MemorySegment gradients, MemorySegment rowPartials, MemorySegment columnPartials,
            long blockBegin, long blockEnd, long matrices, long rows, long columns, long tiles, long tileColumns,
            long rowBlocks) {
        long blockRows = Math.max(1, ADAFACTOR_BLOCK / tileColumns);
        for (long block = blockBegin; block < blockEnd; block++) {
            long tile = block % tiles;
            long matrix = block / tiles / rowBlocks;
            double[] sums = new double[(int) tileColumns];
            long width = matrix < matrices ? Math.min(tileColumns, columns - tile * tileColumns) : 0;
            long firstRow = block / tiles % rowBlocks * blockRows;
            for (long row = firstRow; row < Math.min(rows, firstRow + blockRows) && width > 0; row++) {
                long at = matrix * rows + row;
                double total = 0;
                for (int i = 0; i < width; i++) {
                    double g = Storage.load(gradientsType, gradients, at * columns + tile * tileColumns + i);
                    total += g * g;
                    sums[i] += g * g;
                }
                Storage.store(F64, rowPartials, at * tiles + tile, total);
            }
            Storage.storeRowIfPresent(F64, columnPartials, block * tileColumns, sums);
        }
    }

    @Override
    public void adafactorFactors(
            int stateType, MemorySegment rowMoments, MemorySegment columnMoments,
            MemorySegment rowPartials, MemorySegment columnPartials,
            MemorySegment rowFactors, MemorySegment columnFactors, MemorySegment gradFactor,
            long matrixBegin, long matrixEnd, long rows, long columns, long tiles, long tileColumns, long rowBlocks,
            double decay, double epsilon1, double gradScale) {
        double scale = gradScale * Storage.loadOr(1, F32, gradFactor, 0);
        for (long matrix = matrixBegin; matrix < matrixEnd; matrix++) {
            double total = 0;
            for (long row = matrix * rows; row < (matrix + 1) * rows; row++) {
                double squares = sum(rowPartials, row * tiles, 1, tiles);
                double mean = scale * scale * squares / columns + epsilon1;
                double moment = decay * Storage.load(stateType, rowMoments, row) + (1 - decay) * mean;
                Storage.store(stateType, rowMoments, row, moment);
                total += moment;
            }
            for (long row = matrix * rows; row < (matrix + 1) * rows; row++) {
                double moment = Storage.load(stateType, rowMoments, row);
                storeSaturated(stateType, rowFactors, row, scale * Math.sqrt(total / rows / moment));
            }
            for (long column = 0; column < columns; column++) {
                long tile = column / tileColumns;
                long first = (matrix * rowBlocks * tiles + tile) * tileColumns + column % tileColumns;
                double squares = sum(columnPartials, first, tiles * tileColumns, tile < tiles ? rowBlocks : 0);
                double mean = scale * scale * squares / rows + epsilon1;
                long at = matrix * columns + column;
                double moment = decay * Storage.load(stateType, columnMoments, at) + (1 - decay) * mean;
                Storage.store(stateType, columnMoments, at, moment);
                storeSaturated(stateType, columnFactors, at, 1 / Math.sqrt(moment));
            }
        }
    }

    private static double sum(MemorySegment partials, long first, long stride, long count) {
        double total = 0;
        for (long i = 0; i < count; i++) {
            total += Storage.load(F64, partials, first + i * stride);
        }
        return total;
    }

    /** Zero times an infinite factor would be NaN. */
    private static void storeSaturated(int type, MemorySegment factors, long index, double factor) {
        Storage.store(type, factors, index, Math.min(factor, type == F64 ? Double.MAX_VALUE : Float.MAX_VALUE));
    }

    @Override
    public void adafactorMatrixNorm(
            int gradientsType, MemorySegment gradients,
            int stateType, MemorySegment rowFactors, MemorySegment columnFactors, MemorySegment partials,
            long rowBegin, long rowEnd, long columns, long matrices, long matrixRows) {
        for (long row = rowBegin; row < rowEnd; row++) {
            double rowFactor = Storage.load(stateType, rowFactors, row);
            double total = 0;
            for (long column = 0; column < columns && row / matrixRows < matrices; column++) {
                double columnFactor = Storage.load(stateType, columnFactors, row / matrixRows * columns + column);
                double u = Storage.load(gradientsType, gradients, row * columns + column) * rowFactor * columnFactor;
                total += u * u;
            }
            Storage.store(F64, partials, row, total);
        }
    }

    @Override
    public void adafactorMatrixStep(
            int weightsType, MemorySegment weights, MemorySegment master, int gradientsType, MemorySegment gradients,
            int stateType, MemorySegment rowFactors, MemorySegment columnFactors, MemorySegment momentum, MemorySegment rates,
            long rowBegin, long rowEnd, long columns, long matrices, long matrixRows,
            double learningRate, double beta1, double weightDecay) {
        Step step = new Step(new MasteredWeights(weightsType, weights, master), stateType, momentum, rates,
                learningRate, beta1, weightDecay);
        for (long row = rowBegin; row < rowEnd && row / matrixRows < matrices; row++) {
            double rowFactor = Storage.load(stateType, rowFactors, row);
            for (long column = 0; column < columns; column++) {
                double columnFactor = Storage.load(stateType, columnFactors, row / matrixRows * columns + column);
                long i = row * columns + column;
                step.move(i, Storage.load(gradientsType, gradients, i) * rowFactor * columnFactor);
            }
        }
    }

    @Override
    public void adafactorVectorMoments(
            int gradientsType, MemorySegment gradients, int stateType, MemorySegment moments, MemorySegment partials,
            MemorySegment gradFactor, long blockBegin, long blockEnd, long elements,
            double decay, double epsilon1, double gradScale) {
        double scale = gradScale * Storage.loadOr(1, F32, gradFactor, 0);
        for (long block = blockBegin; block < blockEnd; block++) {
            double total = 0;
            long end = Math.min(elements, (block + 1) * ADAFACTOR_BLOCK);
            for (long i = block * ADAFACTOR_BLOCK; i < end; i++) {
                double g = scale * Storage.load(gradientsType, gradients, i);
                double moment = decay * Storage.load(stateType, moments, i) + (1 - decay) * (g * g + epsilon1);
                Storage.store(stateType, moments, i, moment);
                total += g * g / moment;
            }
            Storage.store(F64, partials, block, total);
        }
    }

    @Override
    public void adafactorVectorStep(
            int weightsType, MemorySegment weights, MemorySegment master, int gradientsType, MemorySegment gradients,
            int stateType, MemorySegment moments, MemorySegment momentum, MemorySegment rates, MemorySegment gradFactor,
            long begin, long end, double learningRate, double beta1, double weightDecay, double gradScale) {
        double scale = gradScale * Storage.loadOr(1, F32, gradFactor, 0);
        Step step = new Step(new MasteredWeights(weightsType, weights, master), stateType, momentum, rates,
                learningRate, beta1, weightDecay);
        for (long i = begin; i < end; i++) {
            double g = scale * Storage.load(gradientsType, gradients, i);
            step.move(i, g / Math.sqrt(Storage.load(stateType, moments, i)));
        }
    }

    /** What is the same for matrices and vectors: from u on. */
    private record Step(
            MasteredWeights weights, int stateType, MemorySegment momentum, MemorySegment rates,
            double learningRate, double beta1, double weightDecay) {
        void move(long index, double u) {
            double move = learningRate * Storage.load(F64, rates, 0) * u;
            if (!Storage.isAbsent(momentum)) {
                move = beta1 * Storage.load(stateType, momentum, index) + (1 - beta1) * move;
                Storage.store(stateType, momentum, index, move);
            }
            double w = weights.load(index);
            weights.store(index, w - weightDecay * learningRate * Storage.load(F64, rates, 1) * w - move);
        }
    }
}
