package dev.basin.report;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/**
 * One file with charts that needs nothing beside it: a template of resources, the library that draws, and the data, which say when and
 * where they were measured.
 */
abstract class Page {
    private static final String UPLOT = "/META-INF/resources/webjars/uplot/1.6.30/dist/";
    static final JsonMapper MAPPER = new JsonMapper();

    private final String name;
    private final String title;
    private final Machine machine;

    /** A page with a title, of which there are the body and a script under a name. */
    Page(String name, String title, Machine machine) {
        this.name = name;
        this.title = title;
        this.machine = machine;
    }

    /** Adds what the page is about. */
    abstract void describe(ObjectNode data);

    /** Writes the page, with the folders that lead to it, and says where it is. */
    public final Path write(Path file) throws IOException {
        Path absolute = file.toAbsolutePath().normalize();
        Files.createDirectories(absolute.getParent());
        return Files.writeString(absolute, html());
    }

    final String html() throws IOException {
        Map<String, String> parts = new LinkedHashMap<>();
        parts.put("<!-- title -->", title);
        parts.put("<!-- body -->", resource(name + ".html"));
        parts.put("/* uplot.css */", resource(UPLOT + "uPlot.min.css"));
        parts.put("/* uplot.js */", resource(UPLOT + "uPlot.iife.min.js"));
        parts.put("/* page.css */", resource("page.css"));
        parts.put("/* page.js */", resource("page.js"));
        parts.put("/* own.js */", resource(name + ".js"));
        // The sequence that would end the script early cannot appear in JSON written so.
        parts.put("/* data */", "const report = " + MAPPER.writeValueAsString(data()).replace("</", "<\\/") + ";");
        String page = resource("page.html");
        for (Map.Entry<String, String> part : parts.entrySet()) {
            page = page.replace(part.getKey(), part.getValue());
        }
        return page;
    }

    private ObjectNode data() {
        ObjectNode data = MAPPER.createObjectNode();
        data.put("date", DateTimeFormatter.ofPattern("d MMMM yyyy, HH:mm z", Locale.ENGLISH).format(ZonedDateTime.now()));
        data.set("machine", MAPPER.valueToTree(machine));
        describe(data);
        return data;
    }

    private static String resource(String name) throws IOException {
        try (InputStream in = Page.class.getResourceAsStream(name)) {
            if (in == null) {
                throw new IOException("resource " + name + " is missing from the jar");
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
