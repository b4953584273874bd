package dev.backstep.simulation;

import com.fasterxml.jackson.databind.node.ObjectNode;

/** A deliberate mistake in the operator. Without one nothing is changed. */
class Mistake {
  /** Replaces objects of the operator by wrong ones. */
  void put(Beans beans) {}

  /** Changes a request on its way; null: the object is read instead. */
  Request outgoing(Request request) {
    return request;
  }

  /** Changes an answer on its way. */
  Answer incoming(Request request, Answer answer) {
    return answer;
  }

  @Override
  public String toString() {
    return getClass().getSimpleName();
  }

  /** A look at a plan begins. */
  void looking() {}

  /** When a plan is looked at again. */
  long pause(long millis) {
    return millis;
  }

  /** What the caches show of an object. */
  ObjectNode seen(String resource, ObjectNode object) {
    return object;
  }
}
