package dev.basin.binding;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** Loads a JNI library into Basin's class loader, also when another class loader of this JVM has it already. */
final class JniLibrary {
    private static final String TAKEN = "already loaded in another classloader";

    private JniLibrary() {}

    @SuppressWarnings("restricted") // loading native code is what this is for
    static void load(Path file) throws BackendUnavailableException {
        try {
            System.load(file.toString());
        } catch (UnsatisfiedLinkError refused) {
            if (refused.getMessage() == null || !refused.getMessage().contains(TAKEN)) {
                throw refused;
            }
            loadCopy(file);
        }
    }

    /**
     * JNI ties a file to one class loader, so this one gets a copy of its own. Where the system allows it, the copy is removed
     * as soon as it is loaded, elsewhere when the JVM ends.
     */
    @SuppressWarnings("restricted") // loading native code is what this is for
    private static void loadCopy(Path file) throws BackendUnavailableException {
        try {
            Path folder = Files.createTempDirectory(file.getFileName().toString());
            try {
                for (Path original : libraries(file.getParent())) {
                    Files.copy(original, folder.resolve(original.getFileName()));
                }
                System.load(folder.resolve(file.getFileName()).toString());
            } finally {
                remove(folder);
            }
        } catch (IOException failure) {
            throw new BackendUnavailableException("another class loader of this JVM has loaded " + file
                    + ", and a copy for this one cannot be made (" + failure + ")", failure);
        }
    }

    /** The library and those that it finds beside itself. */
    private static List<Path> libraries(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(file -> file.getFileName().toString().matches("(lib)?(jni)?basin(_cuda)?\\.(so|dylib|dll)")).toList();
        }
    }

    private static void remove(Path folder) throws IOException {
        folder.toFile().deleteOnExit();
        for (Path copy : libraries(folder)) {
            try {
                Files.delete(copy);
            } catch (IOException inUse) {
                copy.toFile().deleteOnExit();
            }
        }
        if (libraries(folder).isEmpty()) {
            Files.delete(folder);
        }
    }
}
