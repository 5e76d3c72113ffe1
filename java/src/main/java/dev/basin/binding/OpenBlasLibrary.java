package dev.basin.binding;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.SymbolLookup;
import java.net.JarURLConnection;
import java.net.URISyntaxException;
import java.net.URL;
import java.net.URLConnection;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.jar.JarEntry;
import org.jspecify.annotations.Nullable;

/**
 * The shared library of OpenBLAS, where there is one: the file that {@code basin.openblas.path} names, or that of Bytedeco's preset
 * on the class path, whose jar of natives is all that is needed. It is unpacked into Basin's own cache and so is a copy of its own:
 * pinning it to one thread leaves alone the OpenBLAS that the rest of the program may use.
 *
 * @param symbols finds its functions
 * @param origin where it came from, for a person to read
 */
@SuppressWarnings("restricted") // opening the library is what this is for
public record OpenBlasLibrary(SymbolLookup symbols, String origin) {
    private static final String PATH_PROPERTY = "basin.openblas.path";
    private static final String LIBRARY = "libopenblas.so.0";

    /** What the library needs and its search path may not lead to, each before what needs it; absent where it is not needed. */
    private static final List<String> COMPANIONS = List.of("libquadmath.so.0", "libgfortran.so.5");

    /**
     * Finds and opens the library, for as long as the JVM lives: its threads never end.
     *
     * @throws BackendUnavailableException if there is none, or none that works
     */
    public static OpenBlasLibrary open() throws BackendUnavailableException {
        Platform platform = Platform.current();
        String given = System.getProperty(PATH_PROPERTY);
        if (given != null) {
            Path file = Path.of(given).toAbsolutePath();
            LibraryFormat.check(file, platform);
            return new OpenBlasLibrary(load(file), file.toString());
        }
        return unpacked(platform);
    }

    private static OpenBlasLibrary unpacked(Platform platform) throws BackendUnavailableException {
        String folder = "org/bytedeco/openblas/" + presetName(platform) + "/";
        URL found = resource(folder + LIBRARY);
        if (found == null) {
            throw new BackendUnavailableException("OpenBLAS is not on the class path: add org.bytedeco:openblas with the classifier "
                    + presetName(platform) + ", or name its library in " + PATH_PROPERTY);
        }
        SymbolLookup symbols = null;
        for (Path file : files(found, folder, platform)) {
            LibraryFormat.check(file, platform);
            symbols = load(file);
        }
        return new OpenBlasLibrary(Objects.requireNonNull(symbols), "Bytedeco's preset");
    }

    /** The companions and at last the library itself, on disk. */
    private static List<Path> files(URL library, String folder, Platform platform) throws BackendUnavailableException {
        try {
            List<String> names = new ArrayList<>(COMPANIONS);
            names.removeIf(name -> resource(folder + name) == null);
            names.add(LIBRARY);
            if (!(library.openConnection() instanceof JarURLConnection jar)) {
                Path there = Path.of(library.toURI()).getParent();
                return names.stream().map(there::resolve).toList();
            }
            LibraryCache cache = LibraryCache.ofThisUser(platform);
            String key = "openblas-%08x".formatted(jar.getJarEntry().getCrc());
            List<Path> files = new ArrayList<>();
            for (String name : names) {
                URL packed = Objects.requireNonNull(resource(folder + name));
                files.add(cache.unpack(key, name, size(packed), packed::openStream));
            }
            return files;
        } catch (IOException | URISyntaxException unreadable) {
            throw new BackendUnavailableException(library + " cannot be read (" + unreadable.getMessage() + ")", unreadable);
        }
    }

    private static long size(URL packed) throws IOException {
        URLConnection connection = packed.openConnection();
        JarEntry entry = connection instanceof JarURLConnection jar ? jar.getJarEntry() : null;
        return entry == null ? connection.getContentLengthLong() : entry.getSize();
    }

    private static SymbolLookup load(Path file) throws BackendUnavailableException {
        try {
            return SymbolLookup.libraryLookup(file, Arena.global());
        } catch (IllegalArgumentException refused) {
            throw new BackendUnavailableException(file + " cannot be loaded: the system's loader refuses it, or a library that it"
                    + " needs is not there", refused);
        } catch (IllegalCallerException denied) {
            throw new BackendUnavailableException("this JVM denies native access", denied);
        }
    }

    /** Bytedeco's name of a platform. */
    private static String presetName(Platform platform) {
        String system = platform.system().equals("macos") ? "macosx" : platform.system();
        return system + "-" + (platform.architecture().equals("aarch64") ? "arm64" : platform.architecture());
    }

    private static @Nullable URL resource(String name) {
        return OpenBlasLibrary.class.getClassLoader().getResource(name);
    }
}
