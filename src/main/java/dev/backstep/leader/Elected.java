package dev.backstep.leader;

import jakarta.inject.Singleton;

/** As the election says. */
@Singleton
class Elected implements Leading {
  private final Election election;

  Elected(Election election) {
    this.election = election;
  }

  @Override
  public boolean leads() {
    return !election.isHeld() || election.standing() == Standing.LEADS;
  }
}
