package dev.basin.trajectory;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.basin.BFloat16;
import dev.basin.Basin;
import dev.basin.DataType;
import dev.basin.Float16;
import dev.basin.TestBackends;
import dev.basin.Tensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

class LogitRingTest {
    private static final int EXAMPLES = 40;
    private static final int CLASSES = 19;
    private static final int EPOCHS = 9;

    @TempDir
    private Path folder;

    /** Claim 3: what is read in an epoch was written lag epochs before, or is 0. Batches come in another order every epoch. */
    @ParameterizedTest
    @MethodSource("dev.basin.TestBackends#names")
    void readsWhatWasWrittenLagEpochsAgo(String backend) {
        for (DataType type : new DataType[] {DataType.F32, DataType.BF16, DataType.F16}) {
            for (int lag = 1; lag <= 3; lag++) {
                try (Basin basin = TestBackends.open(backend);
                        LogitRing ring = LogitRing.allocate(type, EXAMPLES, CLASSES, lag)) {
                    for (int epoch = 0; epoch < EPOCHS; epoch++) {
                        writeEpoch(basin, ring, epoch);
                        assertHolds(ring.past(epoch, Tensor.of(new int[0])).logits(), epoch - lag);
                    }
                }
            }
        }
    }

    /** Rows of one example among others, converted, whatever the threads: the last one stays. */
    @ParameterizedTest
    @MethodSource("dev.basin.TestBackends#names")
    void theLastOfAnExamplesRowsStays(String backend) {
        int rows = 300;
        int classes = 1000;
        Random random = new Random(7);
        int[] indices = random.ints(rows, 0, 5).toArray();
        float[] logits = new float[rows * classes];
        for (int i = 0; i < logits.length; i++) {
            logits[i] = (float) (100 * random.nextGaussian());
        }
        for (int threads : new int[] {1, 2, 5}) {
            Basin.Options options = Basin.Options.defaults().backend(backend).threads(threads).parallelThreshold(0);
            try (Basin basin = TestBackends.open(options);
                    LogitRing ring = LogitRing.allocate(DataType.F16, 5, classes, 1)) {
                ring.write(basin, 0, Tensor.of(indices), Tensor.of(logits, rows, classes));
                int[] last = new int[5];
                for (int row = 0; row < rows; row++) {
                    last[indices[row]] = row;
                }
                for (int i = 0; i < 5 * classes; i++) {
                    float written = logits[last[i / classes] * classes + i % classes];
                    assertEquals(Float16.toFloat(Float16.fromFloat(written)), (float) ring.slot(0).get(i));
                }
            }
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"F32", "BF16", "F16"})
    void isTheSameAfterItWasSavedAndLoaded(DataType type) throws IOException {
        Path file = folder.resolve("ring");
        Files.writeString(file, "something older");
        try (Basin basin = TestBackends.open("java"); LogitRing ring = LogitRing.allocate(type, EXAMPLES, CLASSES, 2)) {
            for (int epoch = 0; epoch < 5; epoch++) {
                writeEpoch(basin, ring, epoch);
            }
            ring.save(file);
            Path workingStore = folder.resolve("store");
            try (LogitRing loaded = LogitRing.load(file); LogitRing mapped = LogitRing.loadMapped(file, workingStore)) {
                for (LogitRing again : new LogitRing[] {loaded, mapped}) {
                    assertEquals(type, again.type());
                    assertEquals(2, again.lag());
                    for (int epoch = 2; epoch < 5; epoch++) {
                        assertEquals(-1, ring.slot(epoch).memory().mismatch(again.slot(epoch).memory()));
                    }
                }
                writeEpoch(basin, mapped, 5);
                assertHolds(mapped.past(7, Tensor.of(new int[0])).logits(), 5);
            }
        }
        try (Stream<Path> left = Files.list(folder)) {
            assertEquals(2, left.count(), "a file beside the one saved was left");
        }
    }

    @Test
    void aMappedRingIsAsOneInMemory() throws IOException {
        Path file = folder.resolve("mapped");
        try (Basin basin = TestBackends.open("java");
                LogitRing ring = LogitRing.mapped(file, DataType.F16, EXAMPLES, CLASSES, 1)) {
            assertHolds(ring.past(0, Tensor.of(new int[0])).logits(), -1);
            writeEpoch(basin, ring, 0);
            assertHolds(ring.past(1, Tensor.of(new int[0])).logits(), 0);
            assertEquals(2L * EXAMPLES * CLASSES * 2, Files.size(file));
            assertThrows(IOException.class, () -> LogitRing.mapped(file, DataType.F16, EXAMPLES, CLASSES, 1));
        }
    }

    @Test
    void aDamagedFileIsRefusedWithTheReason() throws IOException {
        Path file = folder.resolve("ring");
        try (LogitRing ring = LogitRing.allocate(DataType.F16, EXAMPLES, CLASSES, 1)) {
            ring.save(file);
        }
        byte[] good = Files.readAllBytes(file);
        LogitRing.load(file).close();
        assertRefused(java.util.Arrays.copyOf(good, good.length - 1), "promises");
        assertRefused(java.util.Arrays.copyOf(good, good.length + 1), "promises");
        assertRefused(java.util.Arrays.copyOf(good, 63), "fewer than a header");
        assertRefused(new byte[0], "fewer than a header");
        assertRefused(new byte[1000], "does not begin");
        assertRefused(changed(good, 8), "version");
        assertRefused(changed(good, 24), "header is damaged");
        assertRefused(changed(good, good.length - 5), "checksum");
    }

    @Test
    void impossibleRingsAreRefused() {
        for (long[] shape : new long[][] {{0, 1, 1}, {1L << 31, 1, 1}, {1, 0, 1}, {1, 1, 0}, {1, 1, -1},
            {Integer.MAX_VALUE, Long.MAX_VALUE / 8, 1}, {Integer.MAX_VALUE, 1L << 30, Integer.MAX_VALUE - 1}}) {
            assertThrows(IllegalArgumentException.class,
                    () -> LogitRing.allocate(DataType.F16, shape[0], shape[1], (int) shape[2]),
                    java.util.Arrays.toString(shape));
        }
        assertThrows(IllegalArgumentException.class, () -> LogitRing.allocate(DataType.I32, 1, 1, 1));
    }

    @Test
    void batchesAreChecked() {
        try (Basin basin = TestBackends.open("java"); LogitRing ring = LogitRing.allocate(DataType.F32, 3, 2, 1)) {
            Tensor logits = Tensor.of(new float[] {1, 2, 3, 4}, 2, 2);
            refused(() -> ring.write(basin, 0, Tensor.of(new int[] {0, 3}), logits));
            refused(() -> ring.write(basin, 0, Tensor.of(new int[] {-1, 0}), logits));
            refused(() -> ring.write(basin, 0, Tensor.of(new int[] {0}), logits));
            refused(() -> ring.write(basin, 0, Tensor.of(new float[] {0, 1}), logits));
            refused(() -> ring.write(basin, -1, Tensor.of(new int[] {0, 1}), logits));
            refused(() -> ring.write(basin, 0, Tensor.of(new int[] {0, 1}), Tensor.of(new float[6], 2, 3)));
            for (int i = 0; i < 6; i++) {
                assertEquals(0, ring.slot(0).get(i));
            }
        }
    }

    private static void refused(org.junit.jupiter.api.function.Executable call) {
        assertThrows(IllegalArgumentException.class, call);
    }

    private void assertRefused(byte[] contents, String reason) throws IOException {
        Path file = folder.resolve("damaged");
        Files.write(file, contents);
        String message = assertThrows(IOException.class, () -> LogitRing.load(file)).getMessage();
        assertTrue(message.contains(reason), message);
    }

    private static byte[] changed(byte[] good, int at) {
        byte[] copy = good.clone();
        copy[at] ^= 1;
        return copy;
    }

    private static void writeEpoch(Basin basin, LogitRing ring, int epoch) {
        int[] order = new Random(epoch).ints(0, EXAMPLES).distinct().limit(EXAMPLES).toArray();
        for (int begin = 0; begin < EXAMPLES; begin += 10) {
            int[] indices = java.util.Arrays.copyOfRange(order, begin, begin + 10);
            float[] logits = new float[10 * CLASSES];
            for (int i = 0; i < logits.length; i++) {
                logits[i] = logit(epoch, indices[i / CLASSES], i % CLASSES);
            }
            ring.write(basin, epoch, Tensor.of(indices), Tensor.of(logits, 10, CLASSES));
        }
    }

    private static float logit(int epoch, int example, int k) {
        return (float) Math.sin(epoch * 1000 + example * 20 + k);
    }

    private static void assertHolds(Tensor slot, int epoch) {
        for (int i = 0; i < EXAMPLES * CLASSES; i++) {
            float written = epoch < 0 ? 0 : logit(epoch, i / CLASSES, i % CLASSES);
            float stored = switch (slot.type()) {
                case F16 -> Float16.toFloat(Float16.fromFloat(written));
                case BF16 -> BFloat16.toFloat(BFloat16.fromFloat(written));
                default -> written;
            };
            assertEquals(stored, (float) slot.get(i), "epoch " + epoch + " element " + i);
        }
    }
}
