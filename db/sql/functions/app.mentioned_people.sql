-- Whom a note's @names mean, each once, the first ten: a Slack id, a whole name, an e-mail's local part, or a word of a
-- name; those who are active before others. missed: why somebody is not told: 'hidden' (the ticket), 'unreachable' (in
-- Slack), 'unclear' (the name is several people's), 'unknown' (a Slack account without access). What is nobody's name
-- is no mention.
CREATE FUNCTION app.mentioned_people(p_ticket integer, p_body text) RETURNS TABLE (person_id integer, name text, missed text)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
#variable_conflict use_column
BEGIN
    RETURN QUERY WITH pieces AS (
        SELECT p.n, lower(p.text) AS text, rtrim(substring(p.text FROM '^[[:alnum:]_.''-]+'), '.''-') AS word
          FROM regexp_split_to_table(p_body, '(?<![[:alnum:]_.@<-])@') WITH ORDINALITY p (text, n)
         WHERE p.n BETWEEN 2 AND 51),
    fitting AS (
        SELECT p.n, p.word, u.id, rank() OVER (PARTITION BY p.n ORDER BY f.fits, u.is_active DESC) AS place
          FROM pieces p CROSS JOIN user_permissions u,
               LATERAL (SELECT CASE
                   WHEN p.word = u.slack_user_id THEN '0'
                   WHEN starts_with(p.text, lower(u.display_name)) AND substr(p.text, length(u.display_name) + 1) !~ '^\w'
                   THEN '1' || to_char(1000 - length(u.display_name), 'FM0000')
                   WHEN lower(p.word) = split_part(u.email, '@', 1) THEN '2'
                   WHEN lower(p.word) = ANY (string_to_array(lower(u.display_name), ' ')) THEN '3' END AS fits) f
         WHERE f.fits IS NOT NULL),
    meant AS (
        SELECT p.n, p.word, count(f.id) AS people, min(f.id) AS id
          FROM pieces p LEFT JOIN fitting f ON f.n = p.n AND f.place = 1
         GROUP BY p.n, p.word)
    SELECT m.id, COALESCE(u.display_name, m.word)::text,
           CASE WHEN m.people = 0 THEN 'unknown'
                WHEN m.people > 1 THEN 'unclear'
                WHEN NOT app.may_be_told(u) THEN 'unreachable'
                WHEN NOT app.is_visible_to(t, u) THEN 'hidden' END
      FROM (SELECT min(x.n) AS n, CASE x.people WHEN 1 THEN x.id END AS id, CASE x.people WHEN 1 THEN NULL ELSE x.word END AS word, x.people
              FROM meant x
             WHERE x.people > 0 OR x.word ~ '^[UW][A-Z0-9]{5,}$'
             GROUP BY 2, 3, 4
             ORDER BY 1 LIMIT 10) m
      LEFT JOIN user_permissions u ON u.id = m.id
      LEFT JOIN tickets t ON t.id = p_ticket
     ORDER BY m.n;
END $$;
