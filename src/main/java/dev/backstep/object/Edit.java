package dev.backstep.object;

import com.fasterxml.jackson.databind.JsonNode;

/**
 * One place of an object that a patch changes; the new value is in the patch.
 *
 * @param place where; elements of lists are named, as in {@code /spec/containers[name=app]/image}
 * @param pointer where that was in the object that the patch was prepared from
 * @param before the value that is replaced; JSON's null: there was none
 * @param inverse how it is taken back
 */
public record Edit(Place place, String pointer, JsonNode before, Inverse inverse) {

  /** How an edit is taken back. */
  public enum Inverse {
    /** The value before comes back. */
    BACK,
    /** A restart stamp: pods have to read again what was put back, so a new one is set. */
    AGAIN,
    /** It stays: nothing is gained by taking it back. */
    NONE
  }
}
