package dev.basin.file;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.function.UnaryOperator;

/**
 * Writes a file beside the one it is to be, forces it to the disk and renames it: whenever the writer stops, the name stands for
 * the whole old file or for the whole new one.
 */
public final class AtomicFile {
    private AtomicFile() {}

    /** What a file is filled through. */
    @FunctionalInterface
    public interface Output {
        /** Writes all that remains in a buffer. */
        void write(ByteBuffer bytes, long position) throws IOException;
    }

    /** Fills a file. */
    @FunctionalInterface
    public interface Content {
        void writeTo(Output output) throws IOException;
    }

    /** Puts a new file in the place of what has its name, if anything. */
    public static void write(Path file, Content content) throws IOException {
        write(file, content, output -> output);
    }

    /** The same through an output that a test may stop. */
    static void write(Path file, Content content, UnaryOperator<Output> through) throws IOException {
        Path target = file.toAbsolutePath();
        Path folder = target.getParent();
        Path beside = Files.createTempFile(folder, target.getFileName() + ".", ".part");
        try {
            try (FileChannel channel = FileChannel.open(beside, StandardOpenOption.WRITE)) {
                content.writeTo(through.apply((bytes, position) -> writeFully(channel, bytes, position)));
                channel.force(true);
            }
            Files.move(beside, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            forceFolder(folder);
        } finally {
            Files.deleteIfExists(beside);
        }
    }

    private static void writeFully(FileChannel channel, ByteBuffer bytes, long position) throws IOException {
        for (long at = position; bytes.hasRemaining(); ) {
            at += channel.write(bytes, at);
        }
    }

    /** So that the new name survives too; some systems do not let a folder be opened. */
    private static void forceFolder(Path folder) {
        try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
            channel.force(true);
        } catch (IOException unsupported) {
            System.getLogger(AtomicFile.class.getName()).log(
                    System.Logger.Level.DEBUG, "the folder " + folder + " cannot be forced to the disk", unsupported);
        }
    }
}
