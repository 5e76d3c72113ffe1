package dev.basin.fallback;

import dev.basin.DataType;
import dev.basin.fallback.NormRows.Matrix;
import dev.basin.kernel.NormKernels;
import java.lang.foreign.MemorySegment;

/** Norms over rows as their papers write them, in double. */
final class ReferenceNormKernels implements NormKernels {
    private static final Matrix ABSENT = Matrix.vector(DataType.F32.code(), MemorySegment.NULL);

    @Override
    public void layerNormForward(
            int xType, MemorySegment x, long xStride, int yType, MemorySegment branch, long branchStride,
            MemorySegment residualOut, long residualOutStride, int parametersType, MemorySegment gamma, MemorySegment beta,
            MemorySegment y, long yStride, int statisticsType, MemorySegment mean, MemorySegment rstd, long rowBegin,
            long rowEnd, long width, double epsilon) {
        NormRows.Forward pass = new NormRows.Forward(
                new Matrix(xType, x, xStride), new Matrix(yType, branch, branchStride),
                new Matrix(xType, residualOut, residualOutStride), Matrix.vector(parametersType, gamma),
                Matrix.vector(parametersType, beta), new Matrix(yType, y, yStride), Matrix.vector(statisticsType, mean),
                Matrix.vector(statisticsType, rstd));
        NormRows.forward(NormFormula.LAYER, pass, rowBegin, rowEnd, Math.toIntExact(width), epsilon);
    }

    @Override
    public void layerNormBackward(
            int yType, MemorySegment gradY, long gradYStride, int xType, MemorySegment gradResidualOut,
            long gradResidualOutStride, MemorySegment x, long xStride, int statisticsType, MemorySegment mean,
            MemorySegment rstd, int parametersType, MemorySegment gamma, MemorySegment gradX, long gradXStride,
            int partialsType, MemorySegment gammaPartials, MemorySegment betaPartials, long blockBegin, long blockEnd,
            long rows, long width) {
        NormRows.Backward pass = new NormRows.Backward(
                new Matrix(yType, gradY, gradYStride), new Matrix(xType, gradResidualOut, gradResidualOutStride),
                new Matrix(xType, x, xStride), Matrix.vector(statisticsType, mean), Matrix.vector(statisticsType, rstd),
                Matrix.vector(parametersType, gamma), new Matrix(xType, gradX, gradXStride),
                new Matrix(partialsType, gammaPartials, width), new Matrix(partialsType, betaPartials, width));
        NormRows.backward(NormFormula.LAYER, pass, blockBegin, blockEnd, rows, Math.toIntExact(width));
    }

    @Override
    public void rmsNormForward(
            int xType, MemorySegment x, long xStride, int yType, MemorySegment branch, long branchStride,
            MemorySegment residualOut, long residualOutStride, int parametersType, MemorySegment gamma, MemorySegment y,
            long yStride, int statisticsType, MemorySegment rstd, long rowBegin, long rowEnd, long width, double epsilon) {
        NormRows.Forward pass = new NormRows.Forward(
                new Matrix(xType, x, xStride), new Matrix(yType, branch, branchStride),
                new Matrix(xType, residualOut, residualOutStride), Matrix.vector(parametersType, gamma),
                ABSENT, new Matrix(yType, y, yStride), ABSENT,
                Matrix.vector(statisticsType, rstd));
        NormRows.forward(NormFormula.RMS, pass, rowBegin, rowEnd, Math.toIntExact(width), epsilon);
    }

    @Override
    public void rmsNormBackward(
            int yType, MemorySegment gradY, long gradYStride, int xType, MemorySegment gradResidualOut,
            long gradResidualOutStride, MemorySegment x, long xStride, int statisticsType, MemorySegment rstd,
            int parametersType, MemorySegment gamma, MemorySegment gradX, long gradXStride, int partialsType,
            MemorySegment gammaPartials, long blockBegin, long blockEnd, long rows, long width) {
        NormRows.Backward pass = new NormRows.Backward(
                new Matrix(yType, gradY, gradYStride), new Matrix(xType, gradResidualOut, gradResidualOutStride),
                new Matrix(xType, x, xStride), ABSENT, Matrix.vector(statisticsType, rstd),
                Matrix.vector(parametersType, gamma), new Matrix(xType, gradX, gradXStride),
                new Matrix(partialsType, gammaPartials, width), ABSENT);
        NormRows.backward(NormFormula.RMS, pass, blockBegin, blockEnd, rows, Math.toIntExact(width));
    }

    @Override
    public void crmsNormForward(
            int xType, MemorySegment x, long xStride, int yType, MemorySegment branch, long branchStride,
            MemorySegment residualOut, long residualOutStride, int parametersType, MemorySegment gamma, MemorySegment y,
            long yStride, int statisticsType, MemorySegment sum, MemorySegment rstd, long rowBegin, long rowEnd, long width,
            double epsilon) {
        NormRows.Forward pass = new NormRows.Forward(
                new Matrix(xType, x, xStride), new Matrix(yType, branch, branchStride),
                new Matrix(xType, residualOut, residualOutStride), Matrix.vector(parametersType, gamma),
                ABSENT, new Matrix(yType, y, yStride), Matrix.vector(statisticsType, sum),
                Matrix.vector(statisticsType, rstd));
        NormRows.forward(NormFormula.CRMS, pass, rowBegin, rowEnd, Math.toIntExact(width), epsilon);
    }

    @Override
    public void crmsNormBackward(
            int yType, MemorySegment gradY, long gradYStride, int xType, MemorySegment gradResidualOut,
            long gradResidualOutStride, MemorySegment x, long xStride, int statisticsType, MemorySegment sum,
            MemorySegment rstd, int parametersType, MemorySegment gamma, MemorySegment gradX, long gradXStride,
            int partialsType, MemorySegment gammaPartials, long blockBegin, long blockEnd, long rows, long width) {
        NormRows.Backward pass = new NormRows.Backward(
                new Matrix(yType, gradY, gradYStride), new Matrix(xType, gradResidualOut, gradResidualOutStride),
                new Matrix(xType, x, xStride), Matrix.vector(statisticsType, sum), Matrix.vector(statisticsType, rstd),
                Matrix.vector(parametersType, gamma), new Matrix(xType, gradX, gradXStride),
                new Matrix(partialsType, gammaPartials, width), ABSENT);
        NormRows.backward(NormFormula.CRMS, pass, blockBegin, blockEnd, rows, Math.toIntExact(width));
    }

    @Override
    public void sumRowBlocks(
            int partialsType, MemorySegment partials, long partialsStride, int gradientType, MemorySegment gradient,
            long columnBegin, long columnEnd, long blocks, int accumulate) {
        for (long column = columnBegin; column < columnEnd; column++) {
            double sum = accumulate == 1 ? Storage.load(gradientType, gradient, column) : 0;
            for (long block = 0; block < blocks; block++) {
                sum += Storage.load(partialsType, partials, block * partialsStride + column);
            }
            Storage.store(gradientType, gradient, column, sum);
        }
    }

    @Override
    public void recenterRows(
            int type, MemorySegment x, long xStride, MemorySegment y, long yStride, long rowBegin, long rowEnd, long width) {
        for (long row = rowBegin; row < rowEnd; row++) {
            double mean = sum(type, x, row * xStride, width) / width;
            for (long k = 0; k < width; k++) {
                Storage.store(type, y, row * yStride + k, Storage.load(type, x, row * xStride + k) - mean);
            }
        }
    }

    @Override
    public void expandZeroMean(
            int type, MemorySegment z, long zStride, MemorySegment x, long xStride, long rowBegin, long rowEnd, long width) {
        for (long row = rowBegin; row < rowEnd; row++) {
            copy(type, z, row * zStride, x, row * xStride, width);
            Storage.store(type, x, row * xStride + width, -sum(type, z, row * zStride, width));
        }
    }

    @Override
    public void expandZeroMeanBackward(
            int type, MemorySegment gradX, long gradXStride, MemorySegment gradZ, long gradZStride, long rowBegin,
            long rowEnd, long width) {
        for (long row = rowBegin; row < rowEnd; row++) {
            double last = Storage.load(type, gradX, row * gradXStride + width);
            for (long k = 0; k < width; k++) {
                Storage.store(type, gradZ, row * gradZStride + k, Storage.load(type, gradX, row * gradXStride + k) - last);
            }
        }
    }

    @Override
    public void compressZeroMean(
            int type, MemorySegment x, long xStride, MemorySegment z, long zStride, long rowBegin, long rowEnd, long width) {
        for (long row = rowBegin; row < rowEnd; row++) {
            copy(type, x, row * xStride, z, row * zStride, width);
        }
    }

    @Override
    public void compressZeroMeanBackward(
            int type, MemorySegment gradZ, long gradZStride, MemorySegment gradX, long gradXStride, long rowBegin,
            long rowEnd, long width) {
        for (long row = rowBegin; row < rowEnd; row++) {
            copy(type, gradZ, row * gradZStride, gradX, row * gradXStride, width);
            Storage.store(type, gradX, row * gradXStride + width, 0);
        }
    }

    private static double sum(int type, MemorySegment memory, long offset, long width) {
        double sum = 0;
        for (long k = 0; k < width; k++) {
            sum += Storage.load(type, memory, offset + k);
        }
        return sum;
    }

    private static void copy(int type, MemorySegment from, long fromOffset, MemorySegment to, long toOffset, long width) {
        for (long k = 0; k < width; k++) {
            Storage.store(type, to, toOffset + k, Storage.load(type, from, fromOffset + k));
        }
    }
}
