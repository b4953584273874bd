package dev.backstep.runbook;

import dev.backstep.api.v1alpha1.ladder.Choice;

/**
 * One of the answers that a question takes.
 *
 * @param choice what is answered
 * @param does what comes of it, to be read after the choice
 */
record Offer(Choice choice, String does) {
  static Offer retry(String does) {
    return new Offer(Choice.Retry, does);
  }

  static Offer skip(String does) {
    return new Offer(Choice.Skip, does);
  }

  static Offer nextLevel(String does) {
    return new Offer(Choice.NextLevel, does);
  }

  static Offer accept(String does) {
    return new Offer(Choice.Accept, does);
  }

  static Offer proceed(String does) {
    return new Offer(Choice.Proceed, does);
  }
}
