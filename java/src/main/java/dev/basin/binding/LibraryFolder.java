package dev.basin.binding;

import java.io.IOException;
import java.io.InputStream;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A folder that holds the native libraries, found and verified.
 *
 * @param path the folder
 * @param origin where its content came from, for a person to read
 */
record LibraryFolder(Path path, String origin) {
    private static final String LIBRARY_PATH = "basin.library.path";

    /** The folder that {@code basin.library.path} names, or else the natives' jar, unpacked into the cache. */
    static LibraryFolder find(Platform platform) throws BackendUnavailableException {
        String given = System.getProperty(LIBRARY_PATH);
        return given != null ? inPlace(Path.of(given), platform) : unpacked(platform, platform.name());
    }

    /** The same for the library of the CUDA kernels, which is unpacked only where it is asked for. */
    static LibraryFolder findCuda(Platform platform) throws BackendUnavailableException {
        String given = System.getProperty(LIBRARY_PATH);
        return given != null ? inPlace(Path.of(given), platform) : unpacked(platform, platform.name() + "-cuda");
    }

    /** The file of a library in this folder. */
    Path file(String library, Platform platform) throws BackendUnavailableException {
        Path file = path.resolve(platform.libraryFileName(library));
        if (!Files.isRegularFile(file)) {
            throw new BackendUnavailableException(file + " does not exist" + (origin.startsWith(LIBRARY_PATH)
                    ? "; " + LIBRARY_PATH + " must name the folder that holds it" : ""));
        }
        return file;
    }

    private static LibraryFolder inPlace(Path folder, Platform platform) throws BackendUnavailableException {
        Path index = folder.resolve(Checksums.FILE_NAME);
        if (Files.isRegularFile(index)) {
            try {
                Checksums checksums = Checksums.parse(Files.readString(index));
                for (String name : checksums.byFileName().keySet()) {
                    Path file = folder.resolve(name);
                    if (Files.exists(file) && !checksums.matches(file)) {
                        throw new BackendUnavailableException(file + " was changed since it was built: its SHA-256 is not the one"
                                + " in " + Checksums.FILE_NAME + " beside it");
                    }
                }
            } catch (IOException unreadable) {
                throw new BackendUnavailableException(
                        folder + " cannot be read (" + unreadable.getMessage() + ")", unreadable);
            }
        }
        // Absolute, since the system's loader searches its own path for a bare file name.
        return new LibraryFolder(folder.toAbsolutePath(), LIBRARY_PATH + " = " + folder);
    }

    private static LibraryFolder unpacked(Platform platform, String resources) throws BackendUnavailableException {
        String folder = "dev/basin/binding/" + resources + "/";
        byte[] index = resource(folder + Checksums.FILE_NAME);
        if (index == null) {
            throw new BackendUnavailableException("there are no native libraries for " + resources
                    + " on the class path: add the dependency dev.basin:basin with the classifier " + platform.name()
                    + ", or name a folder that holds them in " + LIBRARY_PATH);
        }
        Checksums checksums = Checksums.parse(new String(index, StandardCharsets.UTF_8));
        Path cached = LibraryCache.ofThisUser(platform).unpack(checksums, name -> resource(folder + name));
        return new LibraryFolder(cached, "the " + platform.name() + " jar, unpacked into " + cached);
    }

    private static byte @org.jspecify.annotations.Nullable [] resource(String name) throws BackendUnavailableException {
        // Through the loader rather than the class: as a module, the natives' jar is another module's.
        URL url = LibraryFolder.class.getClassLoader().getResource(name);
        if (url == null) {
            return null;
        }
        try (InputStream stream = url.openStream()) {
            return stream.readAllBytes();
        } catch (IOException unreadable) {
            throw new BackendUnavailableException(
                    name + " cannot be read from the class path (" + unreadable.getMessage() + ")", unreadable);
        }
    }
}
