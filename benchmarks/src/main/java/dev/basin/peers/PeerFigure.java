package dev.basin.peers;

import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A contender's time at a piece of work.
 *
 * @param nanos the median
 * @param spread the distance between the quartiles, as a share of the median
 * @param ratio this time over Basin's
 * @param allowed what it was spared, or may do that others may not
 */
public record PeerFigure(
        String work, String shape, int threads, String contender, double nanos, double spread, double ratio, String allowed) {
    private static final JsonMapper MAPPER = new JsonMapper();

    /** A line of JSON. */
    String line() throws IOException {
        return MAPPER.writeValueAsString(this);
    }

    /** Those that a run of contests has left in a file, a line each. */
    public static List<PeerFigure> read(Path file) throws IOException {
        List<PeerFigure> figures = new ArrayList<>();
        for (String line : Files.readAllLines(file)) {
            figures.add(MAPPER.readValue(line, PeerFigure.class));
        }
        return figures;
    }
}
