-- The database that tools/bench.d/sqlite.c asks: read by sqlite3 with the gigs, a JSON line each,
-- in the table `line`.  Values are numbers; what is asked by value is a covering index without
-- rowid; rows lie in the order of the list, so that a page needs no sort.

CREATE TABLE value (id INTEGER PRIMARY KEY, facet TEXT, text TEXT, UNIQUE (facet, text));
CREATE TABLE gig (id INTEGER PRIMARY KEY, name TEXT, posted INT, opens INT, closes INT,
    department INT, team INT, mode INT, engagement INT, org INT, language INT);
CREATE TABLE gig_skill (value INT, gig INT, PRIMARY KEY (value, gig)) WITHOUT ROWID;
CREATE TABLE gig_location (value INT, gig INT, PRIMARY KEY (value, gig)) WITHOUT ROWID;
CREATE TABLE gig_audience (value INT, gig INT, PRIMARY KEY (value, gig)) WITHOUT ROWID;
CREATE VIRTUAL TABLE words USING fts5(title, skills, org, place, summary, description,
    content = '', prefix = '3 4 5', tokenize = "porter unicode61 remove_diacritics 2");
INSERT INTO words (words, rank) VALUES ('rank', 'bm25(8.0, 5.0, 3.0, 3.0, 2.0, 1.0)');

CREATE TEMP TABLE record AS
    SELECT row_number() OVER (ORDER BY json ->> 'posted_at' DESC, json ->> 'id') AS id, json FROM line;
CREATE TEMP TABLE given AS
          SELECT id, 'department' AS facet, json ->> 'department' AS text FROM record
    UNION SELECT id, 'team', json ->> 'team' FROM record
    UNION SELECT id, 'mode', json ->> '$.location.mode' FROM record
    UNION SELECT id, 'engagement', json ->> 'engagement' FROM record
    UNION SELECT id, 'org', json ->> '$.org.name' FROM record
    UNION SELECT id, 'language', json ->> 'language' FROM record
    UNION SELECT r.id, 'location', e.value ->> 'name' FROM record r, json_each(r.json, '$.location.applicant_regions') e
    UNION SELECT r.id, 'location', e.value ->> 'name' FROM record r, json_each(r.json, '$.location.places') e
    UNION SELECT r.id, 'skill', e.value ->> 'name' FROM record r, json_each(r.json, '$.skills') e
    UNION SELECT r.id, 'audience', e.value FROM record r, json_each(r.json, '$.eligibility.audience') e;
CREATE INDEX temp.given_facet ON given (facet, id, text);

INSERT INTO value (facet, text) SELECT DISTINCT facet, text FROM given;
INSERT INTO gig_skill SELECT v.id, g.id FROM given g JOIN value v USING (facet, text) WHERE facet = 'skill';
INSERT INTO gig_location SELECT v.id, g.id FROM given g JOIN value v USING (facet, text) WHERE facet = 'location';
INSERT INTO gig_audience SELECT v.id, g.id FROM given g JOIN value v USING (facet, text) WHERE facet = 'audience';

INSERT INTO gig SELECT id, json ->> 'id',
    CAST(strftime('%s', json ->> 'posted_at') AS INT),
    ifnull(CAST(strftime('%s', json ->> 'opens_at') AS INT), -1 << 62),
    ifnull(CAST(strftime('%s', json ->> 'closes_at') AS INT), 1 << 62),
    (SELECT id FROM value WHERE facet = 'department' AND text = json ->> 'department'),
    (SELECT id FROM value WHERE facet = 'team' AND text = json ->> 'team'),
    (SELECT id FROM value WHERE facet = 'mode' AND text = json ->> '$.location.mode'),
    (SELECT id FROM value WHERE facet = 'engagement' AND text = json ->> 'engagement'),
    (SELECT id FROM value WHERE facet = 'org' AND text = json ->> '$.org.name'),
    (SELECT id FROM value WHERE facet = 'language' AND text = json ->> 'language')
    FROM record ORDER BY id;

INSERT INTO words (rowid, title, skills, org, place, summary, description)
    SELECT r.id, r.json ->> 'title',
        (SELECT group_concat(e.value ->> 'name', ' ') FROM json_each(r.json, '$.skills') e),
        r.json ->> '$.org.name',
        r.json ->> '$.location.name' || ifnull((SELECT ' ' || group_concat(e.value ->> 'name', ' ')
            FROM json_each(r.json, '$.location.places') e), ''),
        r.json ->> 'summary',
        replace(replace(r.json ->> 'description_html', '<p>', ' '), '</p>', ' ')
            || ' ' || (SELECT group_concat(e.value ->> 'title', ' ') FROM json_each(r.json, '$.sections') e)
            || ' ' || (SELECT group_concat(i.value, ' ') FROM json_each(r.json, '$.sections') e, json_each(e.value, '$.items') i)
            || ' ' || (SELECT group_concat(e.value, ' ') FROM json_each(r.json, '$.deliverables') e)
    FROM record r ORDER BY r.id;
INSERT INTO words (words) VALUES ('optimize');

CREATE INDEX skill_of ON gig_skill (gig, value);
CREATE INDEX location_of ON gig_location (gig, value);
CREATE INDEX audience_of ON gig_audience (gig, value);
CREATE INDEX gig_department ON gig (department, opens, closes);
CREATE INDEX gig_team ON gig (team, opens, closes);
CREATE INDEX gig_mode ON gig (mode, opens, closes);
CREATE INDEX gig_engagement ON gig (engagement, opens, closes);
CREATE INDEX gig_org ON gig (org, opens, closes);
CREATE INDEX gig_language ON gig (language, opens, closes);

DROP TABLE line;
ANALYZE;
VACUUM;
