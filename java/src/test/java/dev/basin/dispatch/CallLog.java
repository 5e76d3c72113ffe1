package dev.basin.dispatch;

import dev.basin.kernel.KernelArgument;
import dev.basin.kernel.KernelArgument.TensorArgument;
import dev.basin.kernel.KernelDeclaration;
import dev.basin.kernel.Kernels;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The call under way, in a file that outlives the process which makes it. */
final class CallLog {
    private static final int LONGS = 256;
    private static final Pattern FAULT = Pattern.compile("si_addr: 0x([0-9a-f]+)");
    private static final List<KernelDeclaration> KERNELS =
            Kernels.FAMILIES.stream().flatMap(family -> KernelDeclaration.of(family).stream()).toList();

    private final MemorySegment words;

    private CallLog(MemorySegment words) {
        this.words = words;
    }

    static CallLog open(Path file) {
        try (FileChannel channel = FileChannel.open(
                file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            return new CallLog(channel.map(FileChannel.MapMode.READ_WRITE, 0, LONGS * Long.BYTES, Arena.ofAuto()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Writes down whose calls come next. */
    void begin(KernelDeclaration declaration) {
        set(0, KERNELS.indexOf(declaration));
    }

    /** Writes down a call that is about to be made. */
    void note(Call call) {
        int word = 1;
        for (long value : call.integers) {
            set(word++, value);
        }
        for (double value : call.reals) {
            set(word++, Double.doubleToRawLongBits(value));
        }
        for (int slot = 0; slot < call.segments.length; slot++) {
            MemorySegment segment = call.segments[slot];
            set(word++, segment == null ? 0 : segment.address());
            set(word++, call.bytes[slot]);
        }
    }

    /** Says of the last call which kernel it was, near which tensor it stepped outside, and with which numbers. */
    String describe(Path crashReport) throws IOException {
        KernelDeclaration declaration = KERNELS.get((int) get(0));
        int integers = count(declaration, KernelArgument.class) - count(declaration, KernelArgument.Real.class)
                - count(declaration, TensorArgument.class);
        int segments = 1 + integers + count(declaration, KernelArgument.Real.class);
        Matcher fault = FAULT.matcher(Files.exists(crashReport) ? Files.readString(crashReport) : "");
        long address = fault.find() ? Long.parseUnsignedLong(fault.group(1), 16) : 0;
        StringBuilder text = new StringBuilder();
        String culprit = "memory that is no tensor's";
        for (KernelArgument argument : declaration.arguments()) {
            text.append(text.isEmpty() ? "" : ", ").append(argument.name()).append('=');
            switch (argument) {
                case TensorArgument tensor -> {
                    long start = get(segments + 2 * tensor.slot());
                    long bytes = get(segments + 2 * tensor.slot() + 1);
                    text.append(start == 0 ? "absent" : bytes + " bytes");
                    if (start != 0 && address >= start - GuardedMemory.GUARD && address < start + bytes + GuardedMemory.GUARD) {
                        long beyond = address - start;
                        culprit = tensor.name() + ", at byte " + beyond + " of " + bytes;
                    }
                }
                case KernelArgument.Real real -> text.append(Double.longBitsToDouble(get(1 + integers + real.slot())));
                default -> text.append(get(1 + argument.slot()));
            }
        }
        return declaration.name() + " touches what it may not beside " + culprit + ": " + text;
    }

    private static int count(KernelDeclaration declaration, Class<? extends KernelArgument> kind) {
        return declaration.arguments(kind).size();
    }

    private long get(int word) {
        return words.getAtIndex(ValueLayout.JAVA_LONG, word);
    }

    private void set(int word, long value) {
        words.setAtIndex(ValueLayout.JAVA_LONG, word, value);
    }
}
