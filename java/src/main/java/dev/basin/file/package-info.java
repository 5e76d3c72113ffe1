/** Files of tensors: what optimizers, layers and rings save. */
@NullMarked
package dev.basin.file;

import org.jspecify.annotations.NullMarked;
