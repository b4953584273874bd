-- Jobs are tried three times; then they are dead letters.
CREATE TABLE worker_jobs (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  kind text NOT NULL,
  status text NOT NULL DEFAULT 'pending',
  tries int NOT NULL DEFAULT 0,
  error text,
  next_run_at timestamptz DEFAULT now(),
  started_at timestamptz,
  updated_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX worker_jobs_due ON worker_jobs (next_run_at) WHERE status = 'pending';
CREATE TABLE dead_letter_queue (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  job_id uuid NOT NULL,
  error text,
  created_at timestamptz NOT NULL DEFAULT now()
);
CREATE FUNCTION worker_fail_job(p_job_id uuid, p_error text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS $$
BEGIN
  UPDATE worker_jobs SET tries = tries + 1, error = p_error, updated_at = now(), started_at = NULL,
    status = CASE WHEN tries < 2 THEN 'pending' ELSE 'failed' END,
    next_run_at = now() + interval '1 second'
  WHERE id = p_job_id;
  INSERT INTO dead_letter_queue (job_id, error)
  SELECT id, error FROM worker_jobs WHERE id = p_job_id AND status = 'failed';
END $$;
