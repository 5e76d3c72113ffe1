package dev.basin.binding;

import java.util.Locale;

/**
 * An operating system and a processor architecture, by the names that the natives' jars carry as their classifier.
 *
 * @param system {@code linux}, {@code macos} or {@code windows}
 * @param architecture {@code x86_64}, {@code aarch64}, or what {@code os.arch} says
 */
public record Platform(String system, String architecture) {
    /** The platform that this JVM runs on. */
    public static Platform current() {
        return of(System.getProperty("os.name"), System.getProperty("os.arch"));
    }

    static Platform of(String systemName, String architectureName) {
        String system = systemName.toLowerCase(Locale.ROOT);
        return new Platform(
                system.startsWith("mac") ? "macos" : system.startsWith("windows") ? "windows" : system,
                architectureName.equals("amd64") ? "x86_64" : architectureName);
    }

    /** For example {@code linux-x86_64}. */
    public String name() {
        return system + "-" + architecture;
    }

    /** The file name of a shared library: {@code libbasin.so} for {@code basin}. */
    public String libraryFileName(String library) {
        return switch (system) {
            case "macos" -> "lib" + library + ".dylib";
            case "windows" -> library + ".dll";
            default -> "lib" + library + ".so";
        };
    }
}
