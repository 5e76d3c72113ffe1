package dev.basin.file;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.basin.DataType;
import dev.basin.Tensor;
import dev.basin.binding.ForkedJvm;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TensorFileTest {
    @TempDir
    private Path folder;

    @Test
    void isTheSameAfterItWasWrittenAndRead() throws IOException {
        Path file = folder.resolve("file");
        Map<String, Tensor> tensors = new LinkedHashMap<>();
        for (DataType type : DataType.values()) {
            tensors.put("\"" + type.label() + "\" \u00e9\n\\", filled(Tensor.allocate(Arena.ofAuto(), type, 3, 5)));
        }
        tensors.put("array", Tensor.of(new float[] {1, -2, Float.NaN}));
        tensors.put("scalar", Tensor.of(new double[] {Math.PI}));
        tensors.put("empty", Tensor.of(new float[0], 4, 0));
        tensors.put("large", filled(Tensor.allocate(Arena.ofAuto(), DataType.F32, (1 << 18) + 3)));
        TensorFile.write(file, Map.of("key \"", "value \\ \t"), tensors);

        TensorFile read = TensorFile.read(file);
        assertEquals("value \\ \t", read.metadata().get("key \""));
        assertEquals(tensors.keySet(), read.tensors().keySet());
        tensors.forEach((name, tensor) -> {
            Tensor again = read.tensors().get(name);
            assertEquals(tensor.toString(), again.toString(), name);
            assertEquals(-1, tensor.memory().mismatch(again.memory()), name);
        });
    }

    /** As the description of the format has it. */
    @Test
    void readsWhatAnotherWriterWrote() throws IOException {
        String header = " { \"b\" : {\"shape\":[2],\"dtype\":\"F32\",\"data_offsets\":[8, 16]},\n"
                + "\"a\\u0031\":{\"dtype\":\"F64\",\"shape\":[],\"data_offsets\":[0,8]} }  ";
        byte[] file = file(header, 8 + 8);
        ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN)
                .position(file.length - 16).putDouble(0.5).putFloat(1).putFloat(-3);
        TensorFile read = TensorFile.read(Files.write(folder.resolve("other"), file));
        assertEquals(0.5, read.tensors().get("a1").get(0));
        assertEquals(-3, read.tensors().get("b").get(1));
        assertTrue(read.metadata().isEmpty());
    }

    /** Whatever byte a writer stops at, the old file is there whole, and nothing beside it. */
    @Test
    void aWriterThatStopsLeavesTheOldFile() throws IOException {
        Path file = folder.resolve("file");
        TensorFile.write(file, Map.of("version", "old"), Map.of("x", Tensor.of(new float[] {1, 2, 3})));
        long size = Files.size(file);
        Map<String, Tensor> changed = Map.of("x", Tensor.of(new float[] {4, 5, 6}));
        for (long stop = 0; stop < size; stop++) {
            long allowed = stop;
            assertThrows(IOException.class,
                    () -> TensorFile.write(file, Map.of("version", "new"), changed, output -> stopping(output, allowed)));
            assertEquals("old", TensorFile.read(file).metadata().get("version"), "stopped at byte " + stop);
            assertEquals(1, files(), "stopped at byte " + stop);
        }
        TensorFile.write(file, Map.of("version", "new"), changed, output -> stopping(output, size));
        assertEquals("new", TensorFile.read(file).metadata().get("version"));
        assertEquals(6, TensorFile.read(file).tensors().get("x").get(2));
    }

    /** The same where the process ends with no time to tidy up, at the first, a middle and the last byte. */
    @Test
    void aProcessThatIsKilledLeavesTheOldFile() throws IOException, InterruptedException {
        Path file = folder.resolve("file");
        TensorFile.write(file, Map.of("version", "old"), Halting.TENSORS);
        long size = Files.size(file);
        for (long stop : new long[] {0, size / 2, size - 1}) {
            assertEquals("stopping", ForkedJvm.start(Halting.class, List.of(), file.toString(), Long.toString(stop)).output());
            assertEquals("old", TensorFile.read(file).metadata().get("version"), "stopped at byte " + stop);
        }
        TensorFile.write(file, Map.of("version", "new"), Halting.TENSORS);
        assertEquals("new", TensorFile.read(file).metadata().get("version"));
    }

    /** Ends its process in the middle of a write. */
    static final class Halting {
        static final Map<String, Tensor> TENSORS = Map.of("x", Tensor.of(new float[] {1, 2, 3}));

        private Halting() {}

        public static void main(String[] arguments) throws IOException {
            long allowed = Long.parseLong(arguments[1]);
            TensorFile.write(Path.of(arguments[0]), Map.of("version", "new"), TENSORS, output -> {
                AtomicFile.Output stopping = stopping(output, allowed);
                return (bytes, position) -> {
                    try {
                        stopping.write(bytes, position);
                    } catch (IOException stopped) {
                        System.out.println("stopping");
                        Runtime.getRuntime().halt(1);
                    }
                };
            });
        }
    }

    /** Every file cut short, and every file with one byte changed, is refused or is the same. */
    @Test
    void aDamagedFileIsRefusedWithTheReason() throws IOException {
        Path file = folder.resolve("file");
        TensorFile.write(file, Map.of(), Map.of("x", Tensor.of(new float[] {1, 2, 3})));
        byte[] good = Files.readAllBytes(file);
        for (int length = 0; length < good.length; length++) {
            assertRefused(Arrays.copyOf(good, length), "");
        }
        for (int i = 0; i < good.length; i++) {
            byte[] changed = good.clone();
            changed[i] ^= 4;
            Files.write(file, changed);
            try {
                TensorFile read = TensorFile.read(file);
                assertTrue(i < good.length - 12, "a number changed, and nobody saw it");
                read.tensors().values().forEach(tensor -> assertEquals(3, tensor.size()));
            } catch (IOException refused) {
                assertTrue(refused.getMessage().startsWith(file + " cannot be loaded: "), refused.getMessage());
            }
        }
        assertRefused(Arrays.copyOf(good, good.length + 1), "promises");
        assertRefused(new byte[3], "fewer than");
        assertRefused("PK\3\4 something else entirely".getBytes(StandardCharsets.UTF_8), "not the length of a header");
        assertRefused(file("{}x", 0), "the end");
        assertRefused(file("{\"x\":{\"dtype\":\"F8\",\"shape\":[1],\"data_offsets\":[0,1]}}", 1), "type F8");
        assertRefused(file("{\"x\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,4]}}", 4), "must lie at");
        assertRefused(file("{\"x\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[4,8]}}", 8), "must lie at");
        assertRefused(file("{\"x\":{\"dtype\":\"F32\",\"shape\":[4294967296,4294967296],\"data_offsets\":[0,0]}}", 0),
                "more elements");
    }

    private void assertRefused(byte[] contents, String reason) throws IOException {
        Path file = Files.write(folder.resolve("damaged"), contents);
        String message = assertThrows(IOException.class, () -> TensorFile.read(file)).getMessage();
        assertTrue(message.startsWith(file + " cannot be loaded: ") && message.contains(reason), message);
    }

    private static byte[] file(String header, int dataBytes) {
        byte[] text = header.getBytes(StandardCharsets.UTF_8);
        return ByteBuffer.allocate(8 + text.length + dataBytes).order(ByteOrder.LITTLE_ENDIAN)
                .putLong(text.length).put(text).array();
    }

    private static AtomicFile.Output stopping(AtomicFile.Output output, long allowed) {
        long[] left = {allowed};
        return (bytes, position) -> {
            int wanted = bytes.remaining();
            int possible = (int) Math.min(wanted, left[0]);
            bytes.limit(bytes.position() + possible);
            output.write(bytes, position);
            left[0] -= possible;
            if (possible < wanted) {
                throw new IOException("the disk is full");
            }
        };
    }

    private long files() throws IOException {
        try (Stream<Path> left = Files.list(folder)) {
            return left.count();
        }
    }

    private static Tensor filled(Tensor tensor) {
        for (long i = 0; i < tensor.size(); i++) {
            tensor.set(i, i % 1000 - 7);
        }
        return tensor;
    }
}
