package dev.basin.launcher;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Finds a JDK that is new enough, wherever this machine keeps its JDKs.
 *
 * <p>Two things use it, both under whatever older Java happens to be the default: the build, which runs this source file
 * before it selects a JDK, and the entry point of the benchmarks jar, which restarts itself under what is found.
 */
public final class JdkFinder {
    private static final Pattern RELEASE_VERSION = Pattern.compile("^JAVA_VERSION=\"(?:1\\.)?(\\d+)", Pattern.MULTILINE);
    private static final Pattern TOOLCHAIN_HOME = Pattern.compile("<jdkHome>\\s*([^<]+?)\\s*</jdkHome>");
    private static final Pattern HOME_VARIABLE = Pattern.compile("JDK.*|JAVA.*_HOME");

    private JdkFinder() {}

    /** The home of the first JDK of at least this version. */
    public static Optional<Path> find(int minimumVersion) {
        return candidates().stream().filter(home -> isJdk(home, minimumVersion)).findFirst();
    }

    /** The {@code java} program of a JDK. */
    public static Path javaProgram(Path home) {
        return program(home, "java");
    }

    /** What to tell a person when there is none. */
    public static String remedy(int minimumVersion) {
        return "Basin needs a JDK " + minimumVersion + " or newer and found none: install one (any vendor), or set JAVA_HOME"
                + " or JDK" + minimumVersion + " to the folder of one that is installed.";
    }

    /** Exits with 0 if there is a JDK of the version given, and says how to get one if there is not. */
    public static void main(String[] arguments) {
        int minimumVersion = Integer.parseInt(arguments[0]);
        if (find(minimumVersion).isEmpty() && toolchains().noneMatch(home -> isJdk(home, minimumVersion))) {
            System.err.println(remedy(minimumVersion));
            System.exit(1);
        }
    }

    /** Folders that may be the home of a JDK, those that the user chose first. */
    private static List<Path> candidates() {
        List<Path> homes = new ArrayList<>();
        homes.add(Path.of(System.getProperty("java.home")));
        environment("JAVA_HOME").ifPresent(homes::add);
        System.getenv().entrySet().stream()
                .filter(variable -> HOME_VARIABLE.matcher(variable.getKey()).matches())
                .sorted(Map.Entry.comparingByKey())
                .forEach(variable -> path(variable.getValue()).ifPresent(homes::add));
        for (Path folder : installationFolders()) {
            homes.addAll(children(folder));
        }
        return homes;
    }

    private static List<Path> installationFolders() {
        Path user = Path.of(System.getProperty("user.home"));
        List<Path> folders = new ArrayList<>(List.of(
                user.resolve(".sdkman/candidates/java"),
                user.resolve(".jdks"),
                user.resolve(".asdf/installs/java"),
                user.resolve(".local/share/mise/installs/java"),
                user.resolve(".jabba/jdk"),
                user.resolve(".gradle/jdks")));
        String system = System.getProperty("os.name");
        if (system.startsWith("Windows")) {
            environment("ProgramFiles").ifPresent(programs -> {
                for (String vendor : List.of(
                        "Java", "Eclipse Adoptium", "Microsoft", "Zulu", "Amazon Corretto", "BellSoft", "Semeru", "OpenJDK")) {
                    folders.add(programs.resolve(vendor));
                }
            });
            folders.add(user.resolve("scoop/apps"));
        } else if (system.startsWith("Mac")) {
            folders.add(user.resolve("Library/Java/JavaVirtualMachines"));
            folders.add(Path.of("/Library/Java/JavaVirtualMachines"));
            folders.add(Path.of("/opt/homebrew/opt"));
            folders.add(Path.of("/usr/local/opt"));
        } else {
            folders.add(Path.of("/usr/lib/jvm"));
            folders.add(Path.of("/usr/lib64/jvm"));
            folders.add(Path.of("/usr/java"));
            folders.add(Path.of("/usr/local/java"));
            folders.add(Path.of("/opt"));
            folders.add(Path.of("/opt/java"));
        }
        return folders;
    }

    /** What a folder holds, in order of name; macOS and Homebrew put the home a few folders further down. */
    private static List<Path> children(Path folder) {
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        try (Stream<Path> entries = Files.list(folder)) {
            return entries.sorted(Comparator.comparing(Path::getFileName))
                    .flatMap(entry -> Stream.of(
                            entry,
                            entry.resolve("Contents/Home"),
                            entry.resolve("libexec/openjdk.jdk/Contents/Home"),
                            entry.resolve("current")))
                    .toList();
        } catch (IOException unreadable) {
            return List.of();
        }
    }

    /** The JDKs that Maven was told of; only Maven's own selection reads them. */
    private static Stream<Path> toolchains() {
        Path file = Path.of(System.getProperty("user.home"), ".m2", "toolchains.xml");
        try {
            return TOOLCHAIN_HOME.matcher(Files.readString(file)).results()
                    .flatMap(entry -> path(entry.group(1)).stream());
        } catch (IOException absent) {
            return Stream.empty();
        }
    }

    private static boolean isJdk(Path home, int minimumVersion) {
        return Files.isExecutable(program(home, "java"))
                && Files.isExecutable(program(home, "javac"))
                && version(home).orElse(0) >= minimumVersion;
    }

    /** Read from the file that every JDK carries, since starting each candidate would take seconds. */
    private static OptionalInt version(Path home) {
        try {
            Matcher version = RELEASE_VERSION.matcher(Files.readString(home.resolve("release")));
            return version.find() ? OptionalInt.of(Integer.parseInt(version.group(1))) : OptionalInt.empty();
        } catch (IOException notAJdk) {
            return OptionalInt.empty();
        }
    }

    private static Path program(Path home, String name) {
        return home.resolve("bin").resolve(File.separatorChar == '\\' ? name + ".exe" : name);
    }

    private static Optional<Path> environment(String variable) {
        return Optional.ofNullable(System.getenv(variable)).flatMap(JdkFinder::path);
    }

    private static Optional<Path> path(String text) {
        try {
            return text.isBlank() ? Optional.empty() : Optional.of(Path.of(text));
        } catch (java.nio.file.InvalidPathException notAPath) {
            return Optional.empty();
        }
    }
}
