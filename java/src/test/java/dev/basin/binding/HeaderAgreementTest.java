package dev.basin.binding;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import dev.basin.kernel.Kernels;
import dev.basin.kernel.TableKernels;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.SequencedMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HeaderAgreementTest {
    private static final Path HEADERS = Path.of("../native/include/basin");

    private final SequencedMap<String, String> seam = HeaderDeclarations.ofSeam(Kernels.FAMILIES);

    @Test
    void headersAndInterfacesDeclareTheSameKernels() throws IOException {
        SequencedMap<String, String> headers = HeaderDeclarations.ofHeaders(HeaderDeclarations.headers(HEADERS));
        assertFalse(headers.isEmpty());
        assertEquals(List.of(), HeaderDeclarations.disagreements(headers, seam));
    }

    @Test
    void theKernelsOverTablesAreDeclaredAlike() throws IOException {
        SequencedMap<String, String> header = HeaderDeclarations.ofHeaders(Files.readString(HEADERS.resolve("cuda/table.h")));
        header.replaceAll((symbol, parameters) -> parameters.replaceAll("(const )?\\w+\\*", "pointer"));
        assertEquals(List.of(), HeaderDeclarations.disagreements(header, HeaderDeclarations.ofTables(TableKernels.class)));
    }

    @ParameterizedTest(name = "{0} instead of {1}")
    @CsvSource(delimiter = '|', value = {
        "int64_t row_end, int64_t row_begin | int64_t row_begin, int64_t row_end",
        "int32_t logits_stride              | int64_t logits_stride",
        "float label_smoothing              | double label_smoothing",
        "void* targets                      | const int32_t* targets",
        "const float* grad_logits           | void* grad_logits",
        "const void* weights                | void* weights",
        "int64_t count                      | int64_t classes",
        "basin_adam_step                    | basin_adamw_step",
    })
    void aChangeOnOneSideIsNoticed(String changed, String declared) throws IOException {
        String headers = HeaderDeclarations.headers(HEADERS).replaceAll("\\s+(?=[^\\n])", " ");
        String wrong = headers.replace(declared, changed);
        assertNotEquals(headers, wrong);
        assertFalse(HeaderDeclarations.disagreements(HeaderDeclarations.ofHeaders(wrong), seam).isEmpty());
    }

    @Test
    void aKernelThatOneSideLacksIsNoticed() {
        SequencedMap<String, String> extra = HeaderDeclarations.ofSeam(Kernels.FAMILIES);
        extra.put("basin_extra", "int32_t type");
        assertEquals(List.of("basin_extra has no Java method"), HeaderDeclarations.disagreements(extra, seam));
        assertEquals(List.of("basin_extra is in no header"), HeaderDeclarations.disagreements(seam, extra));
    }
}
