-- A job that fails comes back at once, and each time it is a dead letter. One hangs, one waits, and one was paused before.
CREATE OR REPLACE FUNCTION worker_fail_job(p_job_id uuid, p_error text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS $$
BEGIN
  UPDATE worker_jobs SET status = 'pending', next_run_at = now() WHERE id = p_job_id;
  INSERT INTO dead_letter_queue (job_id, error) VALUES (p_job_id, p_error);
END $$;
INSERT INTO worker_jobs (kind) SELECT 'poison' FROM generate_series(1, 20);
INSERT INTO worker_jobs (kind, status) VALUES ('mail', 'paused');
INSERT INTO worker_jobs (kind, status, started_at) VALUES ('mail', 'running', now() - interval '1 hour');
INSERT INTO worker_jobs (kind, next_run_at) VALUES ('mail', now() + interval '1 hour');
