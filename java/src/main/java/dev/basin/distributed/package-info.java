/**
 * What workers and a server of distributed training do beside their gradients, in one process or with messages that an engine carries.
 *
 * <pre>{@code
 * var worker = new ErrorFeedbackWorker(basin, new Compressor.TopK(1000), parameters.length, 1);
 * var server = new ErrorFeedbackServer(basin, parameters.length);
 * for (int round = 0; round < rounds; round++) {
 *     server.move(Tensor.of(parameters), gamma);
 *     server.add(worker.update(Tensor.of(gradient(parameters))), 1);
 * }
 * }</pre>
 */
@NullMarked
package dev.basin.distributed;

import org.jspecify.annotations.NullMarked;
