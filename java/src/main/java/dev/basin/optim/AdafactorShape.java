package dev.basin.optim;

import dev.basin.Tensor;
import dev.basin.kernel.OptimizerKernels;

/**
 * How Adafactor sees a parameter: as a vector, or as matrices of its last two dimensions, one behind the other.
 *
 * @param matrices 1 for a vector
 * @param rows of each matrix; 1 for a vector
 * @param columns of each matrix; the length of a vector
 */
record AdafactorShape(boolean isVector, long matrices, long rows, long columns) {
    static AdafactorShape of(Tensor parameter) {
        if (parameter.rank() < 2) {
            return new AdafactorShape(true, 1, 1, parameter.size());
        }
        long rows = parameter.shape()[parameter.rank() - 2];
        return new AdafactorShape(false, rows == 0 ? 0 : parameter.rows() / rows, rows, parameter.columns());
    }

    /** How many rows there are in all matrices. */
    long allRows() {
        return matrices * rows;
    }

    boolean isEmpty() {
        return allRows() * columns == 0;
    }

    /** How many columns a tile has in which the sums are made. */
    long tileColumns() {
        return Math.clamp(columns, 1, OptimizerKernels.ADAFACTOR_TILE_COLUMNS);
    }

    /** How many tiles there are. */
    long tiles() {
        return Math.ceilDiv(columns, tileColumns());
    }

    /** How many blocks of rows the sums over a matrix are made in. */
    long rowBlocks() {
        return Math.ceilDiv(rows, OptimizerKernels.ADAFACTOR_BLOCK / tileColumns());
    }

    /** How many blocks the sums are made in. */
    long blocks() {
        return isVector ? Math.ceilDiv(columns, OptimizerKernels.ADAFACTOR_BLOCK) : matrices * rowBlocks() * tiles();
    }

    /** How many partial sums the norm of the update has. */
    long updatePartials() {
        return isVector ? blocks() : allRows();
    }

    /** How many partial sums the norm of the weights has. */
    long weightPartials() {
        return Math.ceilDiv(allRows() * columns, OptimizerKernels.SQUARED_NORM_BLOCK);
    }
}
