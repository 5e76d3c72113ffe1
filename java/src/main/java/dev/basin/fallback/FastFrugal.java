package dev.basin.fallback;

import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/** FRUGAL's step in float on plain loops: selected elements of a block are brought together, moved and put back among the others. */
final class FastFrugal {
    private final MemorySegment indices;
    private final long periods;
    private final long selected;
    private final long width;
    private final long units;
    private final FastAdamW adamw;
    private final float freeRate;
    private final int rule;
    private final boolean isFirst;
    private final FloatBlock weights;
    private final FloatBlock gradients;
    private final FloatBlock first;
    private final FloatBlock second;
    private final int[] places;
    private final float[] selectedWeights;
    private final float[] selectedGradients;

    /** @param most how many elements a block has at most */
    FastFrugal(
            MemorySegment weights, MemorySegment gradients, MemorySegment indices, MemorySegment first, MemorySegment second,
            long periods, long selected, long width, long units, int most, FastAdamW adamw, double freeRate, int rule,
            boolean isFirst) {
        this.weights = new FloatBlock(weights, most);
        this.gradients = new FloatBlock(gradients, most);
        this.indices = indices;
        this.first = new FloatBlock(first, most);
        this.second = new FloatBlock(second, most);
        this.periods = periods;
        this.selected = selected;
        this.width = width;
        this.units = units;
        this.places = new int[most];
        this.selectedWeights = new float[most];
        this.selectedGradients = new float[most];
        this.adamw = adamw;
        this.freeRate = (float) freeRate;
        this.rule = rule;
        this.isFirst = isFirst;
    }

    void move(long begin, long end) {
        long line = width == 1 ? units : width;
        for (long at = begin; at < end; ) {
            long next = Math.min(end, (at / line + 1) * line);
            if (width == 1) {
                movePeriod(at / line, at, next);
            } else {
                moveUnit(at / line / units, at / line % units, at, next);
            }
            at = next;
        }
    }

    /** Part of one unit. */
    private void moveUnit(long period, long unit, long begin, long end) {
        long number = period < periods ? ReferenceFrugalKernels.firstFrom(indices, selected, unit) : selected;
        boolean isSelected = number < selected && Storage.loadInt(indices, number) == unit;
        long place = (period * selected + number) * width + begin % width;
        for (long at = begin; at < end; ) {
            int length = FloatBlock.length(at, end);
            float[] w = weights.load(at, length);
            float[] g = gradients.load(at, length);
            if (isSelected) {
                moveSelected(w, g, place + at - begin, length);
            } else {
                moveFreely(w, g, length);
            }
            weights.store(at, length);
            at += length;
        }
    }

    /** Elements of one period, each a unit. */
    private void movePeriod(long period, long begin, long end) {
        long start = period * units;
        long number = period < periods ? ReferenceFrugalKernels.firstFrom(indices, selected, begin - start) : selected;
        for (long at = begin; at < end; ) {
            int length = FloatBlock.length(at, end);
            float[] w = weights.load(at, length);
            float[] g = gradients.load(at, length);
            int count = gather(w, g, number, at - start, length);
            moveFreely(w, g, length);
            if (count > 0) {
                moveSelected(selectedWeights, selectedGradients, period * selected + number, count);
            }
            for (int i = 0; i < count; i++) {
                w[places[i]] = selectedWeights[i];
            }
            weights.store(at, length);
            number += count;
            at += length;
        }
    }

    /** Brings the selected elements of a block together; returns how many there are. */
    private int gather(float[] w, float[] g, long number, long unit, int length) {
        int most = (int) Math.min(length, selected - number);
        MemorySegment.copy(indices, JAVA_INT_UNALIGNED, number * Integer.BYTES, places, 0, most);
        int count = 0;
        for (; count < most; count++) {
            long place = places[count] - unit;
            if (place < 0 || place >= length) {
                break;
            }
            places[count] = (int) place;
            selectedWeights[count] = w[(int) place];
            selectedGradients[count] = g[(int) place];
        }
        return count;
    }

    private void moveSelected(float[] w, float[] g, long place, int length) {
        float[] m = first.load(place, length);
        float[] v = second.load(place, length);
        if (isFirst) {
            Arrays.fill(m, 0, length, 0);
            Arrays.fill(v, 0, length, 0);
        }
        adamw.move(w, g, m, v, length);
        first.store(place, length);
        second.store(place, length);
    }

    private void moveFreely(float[] w, float[] g, int length) {
        switch (rule) {
            case 0 -> shrink(w, adamw.keep(), length);
            case 1 -> descend(w, g, adamw.keep(), freeRate * adamw.factor(), length);
            default -> moveBySign(w, g, length);
        }
    }

    private static void shrink(float[] w, float keep, int length) {
        for (int i = 0; i < length; i++) {
            w[i] *= keep;
        }
    }

    private static void descend(float[] w, float[] g, float keep, float rate, int length) {
        for (int i = 0; i < length; i++) {
            w[i] = w[i] * keep - rate * g[i];
        }
    }

    private void moveBySign(float[] w, float[] g, int length) {
        float factor = adamw.factor();
        float keep = adamw.keep();
        for (int i = 0; i < length; i++) {
            w[i] = w[i] * keep - freeRate * FastOptimizerKernels.signum(factor * g[i]);
        }
    }
}
