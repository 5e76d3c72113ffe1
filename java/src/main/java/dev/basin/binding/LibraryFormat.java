package dev.basin.binding;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Looks at a library file before the system's loader does, which kills the process when a file ends early: it maps what the
 * headers promise and faults on what is not there.
 */
final class LibraryFormat {
    private static final int ELF_MAGIC = 0x464c457f;
    private static final int ELF_HEADER_SIZE = 64;
    private static final int PROGRAM_HEADER_SIZE = 56;
    private static final int MACH_O_MAGIC = 0xfeedfacf;
    private static final int MACH_O_UNIVERSAL_MAGIC = 0xbebafeca;
    private static final short WINDOWS_MAGIC = 0x5a4d;

    private LibraryFormat() {}

    static void check(Path file, Platform platform) throws BackendUnavailableException {
        try (FileChannel channel = FileChannel.open(file)) {
            ByteBuffer header = read(channel, 0, ELF_HEADER_SIZE);
            if (header.limit() < ELF_HEADER_SIZE) {
                throw new BackendUnavailableException(
                        file + " is truncated: it has " + header.limit() + " bytes, less than any library");
            }
            switch (platform.system()) {
                case "macos" -> requireMagic(file, platform,
                        header.getInt(0) == MACH_O_MAGIC || header.getInt(0) == MACH_O_UNIVERSAL_MAGIC);
                case "windows" -> requireMagic(file, platform, header.getShort(0) == WINDOWS_MAGIC);
                default -> checkElf(file, platform, channel, header);
            }
        } catch (IOException unreadable) {
            throw new BackendUnavailableException(
                    file + " cannot be read (" + unreadable.getMessage() + ")", unreadable);
        }
    }

    private static void checkElf(Path file, Platform platform, FileChannel channel, ByteBuffer header)
            throws BackendUnavailableException, IOException {
        requireMagic(file, platform, header.getInt(0) == ELF_MAGIC);
        int machine = Short.toUnsignedInt(header.getShort(18));
        int expected = switch (platform.architecture()) {
            case "x86_64" -> 62;
            case "aarch64" -> 183;
            case "riscv64" -> 243;
            default -> machine;
        };
        if (machine != expected) {
            throw new BackendUnavailableException(file + " is a library for another processor (ELF machine " + machine
                    + "); " + platform.name() + " needs " + expected);
        }
        long required = header.getLong(40) + (long) header.getShort(58) * header.getShort(60);
        int programHeaders = Short.toUnsignedInt(header.getShort(56));
        ByteBuffer segments = read(channel, header.getLong(32), programHeaders * PROGRAM_HEADER_SIZE);
        for (int i = 0; i < segments.limit() / PROGRAM_HEADER_SIZE; i++) {
            int at = i * PROGRAM_HEADER_SIZE;
            required = Math.max(required, segments.getLong(at + 8) + segments.getLong(at + 32));
        }
        if (segments.limit() < programHeaders * PROGRAM_HEADER_SIZE || Files.size(file) < required) {
            throw new BackendUnavailableException(
                    file + " is truncated: it has " + Files.size(file) + " bytes and needs " + required);
        }
    }

    private static void requireMagic(Path file, Platform platform, boolean present) throws BackendUnavailableException {
        if (!present) {
            throw new BackendUnavailableException(file + " is not a shared library for " + platform.name());
        }
    }

    private static ByteBuffer read(FileChannel channel, long position, int size) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
        if (position >= 0) {
            while (buffer.hasRemaining() && channel.read(buffer, position + buffer.position()) > 0) {}
        }
        return buffer.flip();
    }
}
