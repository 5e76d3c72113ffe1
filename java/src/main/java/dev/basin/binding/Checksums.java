package dev.basin.binding;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SequencedMap;

/**
 * The index of a folder of libraries: the SHA-256 of each, in the format of {@code sha256sum}.
 *
 * @param byFileName hashes in hexadecimal
 */
record Checksums(SequencedMap<String, String> byFileName) {
    /** The name of the index in its folder. */
    static final String FILE_NAME = "SHA256SUMS";

    private static final String SEPARATOR = "  ";

    static Checksums parse(String index) throws BackendUnavailableException {
        SequencedMap<String, String> hashes = new LinkedHashMap<>();
        for (String line : index.lines().filter(line -> !line.isBlank()).toList()) {
            int separator = line.indexOf(SEPARATOR);
            String name = separator < 0 ? "" : line.substring(separator + SEPARATOR.length());
            // A name that leads out of the folder would let an index write anywhere.
            if (separator != 64 || !name.matches("[A-Za-z0-9._-]+") || name.startsWith(".")) {
                throw new BackendUnavailableException("the index of the native libraries is damaged at: " + line);
            }
            hashes.put(name, line.substring(0, separator));
        }
        return new Checksums(hashes);
    }

    /** A name for this content: what has the same name has the same bytes. */
    String key() {
        StringBuilder all = new StringBuilder();
        for (Map.Entry<String, String> entry : byFileName.entrySet()) {
            all.append(entry.getValue()).append(entry.getKey()).append('\n');
        }
        return hash(all.toString().getBytes(StandardCharsets.UTF_8)).substring(0, 32);
    }

    boolean matches(String fileName, byte[] content) {
        return hash(content).equals(byFileName.get(fileName));
    }

    boolean matches(Path file) throws IOException {
        return matches(file.getFileName().toString(), Files.readAllBytes(file));
    }

    private static String hash(byte[] content) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(content));
        } catch (NoSuchAlgorithmException impossible) {
            throw new AssertionError("every Java platform has SHA-256", impossible);
        }
    }
}
