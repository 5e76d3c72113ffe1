package dev.basin.modular;

import dev.basin.Basin;

/** Opens the backend of the name given as a user would whose program runs on the module path. */
final class ModularUse {
    private ModularUse() {}

    public static void main(String[] arguments) {
        try (Basin basin = Basin.open(Basin.Options.defaults().backend(arguments[0]))) {
            System.out.println(Basin.class.getModule().getName() + " runs " + basin.backend());
        }
    }
}
