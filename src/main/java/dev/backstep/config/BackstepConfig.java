package dev.backstep.config;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** Everything that can be configured, each with its environment variable in docs/operations.md. */
@ConfigMapping(prefix = "backstep")
public interface BackstepConfig {
  /** Who else deploys what plans change. */
  GitOps gitOps();

  /** Calls to addresses outside of the plan's namespace. */
  Http http();

  /** The operator's own container image, for its programs that run beside it. */
  Image image();

  /** The record of runs in PostgreSQL. */
  Journal journal();

  /** Which of several processes acts. */
  Leader leader();

  /** Checks of what can be known before a run. */
  Preflight preflight();

  /** Who else deploys what plans change. */
  interface GitOps {
    /** The namespace of Argo CD, where Applications are that do not name theirs. */
    @WithDefault("argocd")
    String argoCdNamespace();

    /** The label that Argo CD tracks objects by, where it does not do so by annotation. */
    Optional<String> instanceLabel();
  }

  /** Calls to addresses outside of the plan's namespace. */
  interface Http {
    /** Hosts that a gate's url may name; empty: none. */
    Optional<List<String>> allowedHosts();

    /**
     * Networks, such as 127.0.0.0/8, that may be asked though their addresses are special ones:
     * loopback, link-local, a cloud's metadata; empty: none.
     */
    Optional<List<String>> allowedAddresses();
  }

  /** The operator's own container image. */
  interface Image {
    /** Its name; absent: it is not known, and no program of it can be run. */
    Optional<String> name();

    /** When nodes pull it. */
    @WithDefault("IfNotPresent")
    String pullPolicy();

    /** Secrets, by name, in the namespaces where programs of it run; empty: none. */
    Optional<List<String>> pullSecrets();
  }

  /** The record of runs in PostgreSQL. */
  interface Journal {
    /** JDBC URL; absent: no journal is written. */
    Optional<String> url();
  }

  /** Which of several processes acts. */
  interface Leader {
    /** Name of the Lease by which they agree on it; absent: there is one process, and it acts. */
    Optional<String> lease();

    /** Where the Lease is; absent: in the namespace that this process runs in. */
    Optional<String> namespace();

    /** Under which name this process holds it; absent: one that no other process has. */
    Optional<String> identity();

    /** So long after the leader was heard of last another one takes its place. */
    @WithDefault("15s")
    Duration duration();
  }

  /** Checks of what can be known before a run. */
  interface Preflight {
    /** How often they are repeated while no run is open. */
    @WithDefault("5m")
    Duration interval();

    /** The ClusterRole of those who may approve; absent: whether anybody may is not looked at. */
    Optional<String> approverRole();
  }
}
