package dev.basin.binding;

import static java.nio.file.StandardCopyOption.ATOMIC_MOVE;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Where libraries are unpacked once and found again by later JVMs: a folder for each content, so that versions do not meet.
 *
 * <p>A file appears whole or not at all, by a move within its folder; two JVMs that start at once both write the same bytes,
 * and the later move replaces a file by its equal. What is found is compared with what was packed, and replaced if it differs.
 */
final class LibraryCache {
    private static final String UNFINISHED = ".unfinished";
    private static final Duration ABANDONED = Duration.ofHours(1);

    private final Path root;

    LibraryCache(Path root) {
        this.root = root;
    }

    /** The property {@code basin.cache}, the variable {@code BASIN_CACHE}, or the user's cache folder. */
    static LibraryCache ofThisUser(Platform platform) {
        String property = System.getProperty("basin.cache");
        String variable = System.getenv("BASIN_CACHE");
        return new LibraryCache(property != null ? Path.of(property).toAbsolutePath()
                : variable != null && !variable.isBlank() ? Path.of(variable).toAbsolutePath()
                : userFolder(platform).resolve("basin"));
    }

    private static Path userFolder(Platform platform) {
        Path home = Path.of(System.getProperty("user.home"));
        return switch (platform.system()) {
            case "macos" -> home.resolve("Library/Caches");
            case "windows" -> variableOr("LOCALAPPDATA", home.resolve("AppData/Local"));
            default -> variableOr("XDG_CACHE_HOME", home.resolve(".cache"));
        };
    }

    private static Path variableOr(String variable, Path otherwise) {
        String value = System.getenv(variable);
        return value == null || value.isBlank() ? otherwise : Path.of(value);
    }

    /** Reads one packed file. */
    @FunctionalInterface
    interface Source {
        byte @Nullable [] read(String name) throws BackendUnavailableException;
    }

    /** The folder with exactly these files, unpacked from the source if they are not there yet. */
    Path unpack(Checksums checksums, Source source) throws BackendUnavailableException {
        Path folder = root.resolve(checksums.key());
        try {
            createPrivate(folder);
            for (String name : checksums.byFileName().keySet()) {
                Path file = folder.resolve(name);
                byte[] content = source.read(name);
                if (content == null || !holds(file, content)) {
                    write(file, verified(checksums, name, content));
                }
            }
            return folder;
        } catch (IOException failure) {
            throw cannotUnpack(folder, failure);
        }
    }

    /** Reads what a jar of others packed. */
    @FunctionalInterface
    interface Opener {
        InputStream open() throws IOException;
    }

    /**
     * A file of somebody else's library, which comes without checksums: found again by the key, which must tell contents apart,
     * and by its size.
     */
    Path unpack(String key, String name, long size, Opener source) throws BackendUnavailableException {
        Path folder = root.resolve(key);
        Path file = folder.resolve(name);
        try {
            createPrivate(folder);
            if (!Files.isRegularFile(file) || Files.size(file) != size) {
                try (InputStream content = source.open()) {
                    write(file, content.readAllBytes());
                }
            }
            return file;
        } catch (IOException failure) {
            throw cannotUnpack(folder, failure);
        }
    }

    /** By comparing bytes: hashing them takes 50 ms in a JVM that has just started. */
    private static boolean holds(Path file, byte[] content) throws IOException {
        return Files.isRegularFile(file) && Arrays.equals(Files.readAllBytes(file), content);
    }

    private static byte[] verified(Checksums checksums, String name, byte @Nullable [] content)
            throws BackendUnavailableException {
        if (content == null || !checksums.matches(name, content)) {
            throw new BackendUnavailableException(name + " in the natives' jar is "
                    + (content == null ? "missing" : "damaged: its SHA-256 is not the one in " + Checksums.FILE_NAME));
        }
        return content;
    }

    private static void write(Path file, byte[] content) throws IOException {
        removeAbandoned(file.getParent());
        Path unfinished = Files.createTempFile(file.getParent(), file.getFileName() + "-", UNFINISHED);
        try {
            Files.write(unfinished, content);
            Files.move(unfinished, file, ATOMIC_MOVE);
        } finally {
            Files.deleteIfExists(unfinished);
        }
    }

    /** Removes what JVMs left that were killed while they wrote. */
    private static void removeAbandoned(Path folder) throws IOException {
        Instant limit = Instant.now().minus(ABANDONED);
        try (Stream<Path> entries = Files.list(folder)) {
            List<Path> unfinished = entries.filter(entry -> entry.toString().endsWith(UNFINISHED)).toList();
            for (Path entry : unfinished) {
                if (Files.exists(entry) && Files.getLastModifiedTime(entry).toInstant().isBefore(limit)) {
                    Files.deleteIfExists(entry);
                }
            }
        }
    }

    private static BackendUnavailableException cannotUnpack(Path folder, IOException failure) {
        return new BackendUnavailableException("the native libraries cannot be unpacked into " + folder + " (" + failure
                + "); basin.cache or BASIN_CACHE can name another folder", failure);
    }

    /** Nobody else may write where code is loaded from. */
    private static void createPrivate(Path folder) throws IOException {
        boolean posix = folder.getFileSystem().supportedFileAttributeViews().contains("posix");
        FileAttribute<?>[] attributes = posix
                ? new FileAttribute<?>[] {PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"))}
                : new FileAttribute<?>[0];
        Files.createDirectories(folder, attributes);
    }
}
