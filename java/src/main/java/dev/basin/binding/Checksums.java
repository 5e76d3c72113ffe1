package dev.basin.binding;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.LinkedHashMap;
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
    private static final int HASH_DIGITS = 64;
    private static final int KEY_DIGITS = 16;

    static Checksums parse(String index) throws BackendUnavailableException {
        SequencedMap<String, String> hashes = new LinkedHashMap<>();
        for (String line : index.strip().split("\n")) {
            int separator = line.indexOf(SEPARATOR);
            String name = line.substring(separator < 0 ? 0 : separator + SEPARATOR.length()).strip();
            // A name that leads out of the folder would let an index write anywhere.
            if (separator != HASH_DIGITS || name.isEmpty() || name.startsWith(".") || name.contains("/") || name.contains("\\")) {
                throw new BackendUnavailableException("the index of the native libraries is damaged at: " + line);
            }
            hashes.put(name, line.substring(0, separator));
        }
        return new Checksums(hashes);
    }

    /** A name for this content: what has the same name has the same bytes. */
    String key() {
        StringBuilder key = new StringBuilder();
        for (String hash : byFileName.values()) {
            key.append(key.isEmpty() ? "" : "-").append(hash, 0, KEY_DIGITS);
        }
        return key.toString();
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
