package dev.backstep.resource;

import java.util.stream.Stream;

/**
 * All objects of a kind that are served, as the informer last saw them.
 *
 * @param <R> the kind
 */
public interface Watched<R> {
  /** Each of them; none before they are watched. */
  Stream<R> all();
}
