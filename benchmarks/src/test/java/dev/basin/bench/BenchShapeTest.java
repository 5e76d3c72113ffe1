package dev.basin.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.basin.spec.Spec;
import dev.basin.spec.Specs;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BenchShapeTest {
    @Test
    void everyKernelHasAShapeAndAQuickOne() {
        for (Spec spec : Specs.all()) {
            assertEquals(1, BenchShape.quick(spec).size(), spec.name());
            assertFalse(BenchShape.of(spec).isEmpty(), spec.name());
        }
    }

    @Test
    void aShapeNamesDimensions() {
        BenchShape shape = BenchShape.parse("rows=256,classes=50257");
        assertEquals(Map.of("rows", 256, "classes", 50257, "steps", 1, "epochs", 1), shape.sizes());
        assertTrue(shape.fits(spec("cross_entropy")));
        assertFalse(shape.fits(spec("lion")));
    }

    @Test
    void onlyListsHaveSeveralTensors() {
        BenchShape shape = BenchShape.parse("size=1000,tensors=1000");
        assertTrue(shape.fits(spec("sam_perturb")));
        assertFalse(shape.fits(spec("lion")));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "rows", "rows=0", "rows=-1", "rows=1e3", "rows=1,=2=", "rows=99999999999"})
    void whatIsNoShapeIsRefused(String text) {
        assertTrue(assertThrows(IllegalArgumentException.class, () -> BenchShape.parse(text))
                .getMessage().startsWith("shape must be like"));
    }

    private static Spec spec(String name) {
        return Specs.named(name).orElseThrow();
    }
}
