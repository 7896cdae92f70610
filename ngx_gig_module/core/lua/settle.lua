#!lua flags=allow-oom
-- Settles what the system of record has dealt with: takes it off the queue, gives back
-- the seat that was held for it, and writes down the system of record's own counts.  It
-- runs also when Redis is out of memory: nothing else empties the queue.
--
--   KEYS  applications settled seats judge catalog changes stages
--         (id:ID who:GIG:WHO)... (id:ID)... [lease]
--   ARGV  GROUP TTL N COUNTS STAGES WHOLE
--         (ENTRY OP ID PRINT NODE GIG WHO OUTCOME)... (GIG CONFIRMED WAITING)...
--         (ID STAGES SEAT)... [FENCE]
--
-- N records with two keys each, COUNTS counts, STAGES applications with a key each,
-- whose STAGES are "STAGE,AT STAGE,AT", the newest first, or empty: erased.  WHOLE is
-- 0, or the last id of `settled` (0-0: none) when the counts were read: they are all
-- there are, so gigs not counted here have none, unless more was settled since: then
-- no count is written.  Answers {entries removed, "seats" entries appended, or -1 for
-- old counts}; {0, -1} and nothing done if `lease` does not begin with FENCE any more.
-- A second call with the same records changes nothing but `settled`.

local items_max = 1000
local counts_max = 100000
local kept = 100000
local stages_max = 1024             -- bytes of one application's
local large = 65536                 -- as judge.lua has it

local group, ttl, whole = ARGV[1], ARGV[2], ARGV[6]
local n, n_counts, n_stages = tonumber(ARGV[3]), tonumber(ARGV[4]), tonumber(ARGV[5])
local fenced = n and n_stages and #KEYS == 8 + 2 * n + n_stages and 1 or 0

if not n or not n_counts or not n_stages or n > items_max or n_counts > counts_max
    or n_stages > items_max or #KEYS ~= 7 + 2 * n + n_stages + fenced
    or #ARGV ~= 6 + 8 * n + 3 * n_counts + 3 * n_stages + fenced
then
    return redis.error_reply('ERR gig: the numbers of settle do not fit its keys and arguments')
end
if not ttl:find('^[1-9]%d*$') then
    return redis.error_reply('ERR gig: TTL of settle is a whole number')
end
if whole ~= '0' and not whole:find('^%d+%-%d+$') then
    return redis.error_reply('ERR gig: WHOLE of settle is 0 or an id of `settled`')
end

if fenced == 1 and (redis.call('GET', KEYS[#KEYS]) or ''):match('^%S+') ~= ARGV[#ARGV] then
    return {0, -1}
end

local applications_key, settled_key, seats_key, judge_key, catalog_key, changes_key, stages_key =
    unpack(KEYS, 1, 7)
local files_key = applications_key:gsub('applications$', 'files')
local counts_at = 6 + 8 * n
local stages_at = counts_at + 3 * n_counts


-- All that can be wrong, before anything is written.

redis.call('XLEN', applications_key)
redis.call('XLEN', settled_key)
redis.call('HLEN', seats_key)
redis.call('HLEN', judge_key)
redis.call('XLEN', changes_key)
redis.call('HLEN', stages_key)
redis.call('HLEN', files_key)

local version, noted = unpack(redis.call('HMGET', catalog_key, 'version', 'first'))

for i = 0, n - 1 do
    local entry, op = ARGV[7 + 8 * i], ARGV[8 + 8 * i]
    if (op ~= 'apply' and op ~= 'withdraw') or (entry ~= '' and not entry:find('^%d+%-%d+$')) then
        return redis.error_reply('ERR gig: a record of settle has a wrong OP or ENTRY')
    end
    redis.call('HLEN', KEYS[8 + 2 * i])
    redis.call('GET', KEYS[9 + 2 * i])
end
for i = 1, 3 * n_counts, 3 do
    if not ARGV[counts_at + i + 1]:find('^%d+$') or not ARGV[counts_at + i + 2]:find('^%d+$') then
        return redis.error_reply('ERR gig: a count of settle is no number')
    end
end
for i = 0, n_stages - 1 do
    local _, stages, seat = unpack(ARGV, stages_at + 3 * i + 1, stages_at + 3 * i + 3)
    local rest = stages == '' and '' or (stages .. ' '):gsub('[%l_]+,%d+ ', '')
    if #stages > stages_max or rest ~= '' or not seat:find('^%l*$') then
        return redis.error_reply('ERR gig: a stage of settle is no stage')
    end
    redis.call('HLEN', KEYS[8 + 2 * n + i])
end

local last = redis.call('XREVRANGE', settled_key, '+', '-', 'COUNT', 1)
local old = whole ~= '0' and whole ~= (last[1] and last[1][1] or '0-0')


-- The records.

local freed = {}                    -- gig -> entries removed that held a seat
local gigs = {}                     -- gigs to bring up to date, in order
local counted = {}                  -- gig -> {confirmed, waiting}
local removed = 0

local function touch(gig)
    if not freed[gig] then
        freed[gig] = 0
        gigs[#gigs + 1] = gig
    end
end

-- The entry's fields, or nil if it is gone.
local function fields_of(entry)
    local found = redis.call('XRANGE', applications_key, entry, entry)
    if found[1] then
        local list, fields = found[1][2], {}
        for i = 1, #list, 2 do
            fields[list[i]] = list[i + 1]
        end
        return fields
    end
end

local function is_record(fields, op, id, content)
    return fields and fields.op == op and fields.id == id
        and (op == 'withdraw' or fields.print == content)
end

local function settle(id_key, who_key, entry, op, id, content, node, gig, who, outcome)
    local fields = entry ~= '' and fields_of(entry)
    local same = is_record(fields, op, id, content)
    local field = op == 'apply' and 'apply:' .. content or 'withdraw:'
    local place = redis.call('HGET', id_key, field) or ''

    -- After a promotion numbers come again: another record's entry is left alone.
    if entry ~= '' and (same or not fields) then
        redis.pcall('XACK', applications_key, group, entry)
    end
    if same then
        redis.call('XDEL', applications_key, entry)
        removed = removed + 1
        if #(fields.box or '') >= large then
            if redis.call('HINCRBY', files_key, 'bytes', -#fields.box) < 0 then
                redis.call('HSET', files_key, 'bytes', 0)
            end
        end
        -- judge.lua held a seat by the same rule.
        if op == 'apply' and fields.seat == 'reserved'
            and not (',' .. (fields.flags or '') .. ','):find(',duplicate,', 1, true)
        then
            touch(fields.gig)
            freed[fields.gig] = freed[fields.gig] + 1
        end
    end

    -- A replay put it into the queue anew: that entry settles it, this one is the past.
    if place == entry or not place:find('^%d+%-%d+$')
        or not is_record(fields_of(place), op, id, content)
    then
        redis.call('HSET', id_key, field, 'settled')
    end

    if op == 'apply' then
        local first = redis.call('HGET', id_key, 'print')
        local flags = same and fields.flags or ''
        -- What the judge knew as another's conflict is not the first because Redis forgot.
        if not first and not (',' .. flags .. ','):find(',conflict,', 1, true) then
            first = content
            local words = {waitlisted = 1, over = 1, late = 1}
            local seat = words[outcome] and outcome or 'reserved'
            local from = same and fields or {}
            redis.call('HSET', id_key, 'gig', from.gig or gig, 'who', from.who or who,
                'print', content, 'seat', from.seat or seat,
                'flags', flags, 'at', from.at or '0')
        end
        -- Who waited may have been confirmed, and that told, before this was.
        if first == content and outcome ~= '' and not (outcome == 'waitlisted'
            and redis.call('HGET', id_key, 'outcome') == 'confirmed')
        then
            redis.call('HSET', id_key, 'outcome', outcome)
        end
        if outcome == 'erased' or outcome == 'asked' then
            redis.call('HSET', id_key, 'withdrawn', '1')
            redis.call('HDEL', id_key, 'who')
        end
    else
        -- To erase it could only be asked for: its receipt says so.
        if outcome == 'asked' then
            redis.call('HSET', id_key, 'outcome', outcome)
        end
        -- What is left of it says of nobody.
        redis.call('HSET', id_key, 'withdrawn', '1')
        redis.call('HDEL', id_key, 'who')
        if who ~= '' and redis.call('GET', who_key) == id then
            redis.call('DEL', who_key)
        end
    end
    redis.call('EXPIRE', id_key, ttl)

    redis.call('XADD', settled_key, 'MAXLEN', '~', kept, '*',
        'op', op, 'id', id, 'print', content, 'node', node)
end

for i = 0, n - 1 do
    settle(KEYS[8 + 2 * i], KEYS[9 + 2 * i], unpack(ARGV, 7 + 8 * i, 14 + 8 * i))
end


-- Seats: the counts are the system of record's, what is held is ours.

for i = 1, old and 0 or 3 * n_counts, 3 do
    local gig = ARGV[counts_at + i]
    touch(gig)
    counted[gig] = {tonumber(ARGV[counts_at + i + 1]), tonumber(ARGV[counts_at + i + 2])}
end

if whole ~= '0' and not old then
    for _, gig in ipairs(redis.call('HKEYS', seats_key)) do
        if not counted[gig] then
            touch(gig)
            counted[gig] = {0, 0}
        end
    end
end

local oldest = redis.call('XRANGE', applications_key, '-', '+', 'COUNT', 1)[1]
local empty = not oldest

if empty then
    redis.call('DEL', files_key)
end

-- For judge.lua, as an edge may not look: what is older than this is there no more.
local function first_of_queue()
    if oldest then
        return oldest[1]
    end
    local info, last = redis.pcall('XINFO', 'STREAM', applications_key), nil
    for i = 1, #info, 2 do
        if info[i] == 'last-generated-id' then
            last = info[i + 1]
        end
    end
    local ms, number = (last or ''):match('^(%d+)%-(%d+)$')
    if ms and last ~= '0-0' then
        return ms .. '-' .. string.format('%.0f', tonumber(number) + 1)
    end
end

local first = version and first_of_queue()

if first and first ~= noted then
    redis.call('HSET', catalog_key, 'first', first)
end

local told_count = 0

for _, gig in ipairs(gigs) do
    local line = redis.call('HGET', seats_key, gig) or ''
    local confirmed, waiting, held, told = line:match('^(%d+),(%d+),(%d+),?(%l*)$')

    confirmed, waiting, held = tonumber(confirmed) or 0, tonumber(waiting) or 0, tonumber(held) or 0
    if not told or told == '' then
        told = 'open'
    end

    if counted[gig] then
        confirmed, waiting = unpack(counted[gig])
    end
    held = empty and 0 or math.max(0, held - freed[gig])

    local judged = redis.call('HGET', judge_key, gig)
    local cap, on_full = (judged or ''):match('^[^,]*,[^,]*,(%d+),(%l*)')
    local state = 'open'
    if cap and (waiting > 0 or confirmed + held >= tonumber(cap)) then
        state = on_full == 'close' and 'full' or 'waitlist'
    end

    if confirmed + waiting + held == 0 and state == 'open' then
        redis.call('HDEL', seats_key, gig)
    else
        local now = string.format('%.0f,%.0f,%.0f,%s', confirmed, waiting, held, state)
        if now ~= line then
            redis.call('HSET', seats_key, gig, now)
        end
    end

    if state ~= told and judged and version then
        redis.call('XADD', changes_key, 'MAXLEN', '~', kept, '*',
            'v', version, 'op', 'seats', 'id', gig, 'seats', state)
        told_count = told_count + 1
    end
end


-- Stages and seats, for the receipts; no stage: what was erased.

for i = 0, n_stages - 1 do
    local id, stages, seat = unpack(ARGV, stages_at + 3 * i + 1, stages_at + 3 * i + 3)
    local id_key = KEYS[8 + 2 * n + i]

    if stages == '' then
        redis.call('HDEL', stages_key, id)
    elseif redis.call('HGET', stages_key, id) ~= stages then
        redis.call('HSET', stages_key, id, stages)
        -- A receipt that has news is to be there for as long again.
        redis.call('EXPIRE', id_key, ttl)
    end

    -- Only what is known: a key made here would stay for ever.
    if seat ~= '' and redis.call('HGET', id_key, 'print')
        and redis.call('HGET', id_key, 'outcome') ~= seat
    then
        redis.call('HSET', id_key, 'outcome', seat)
    end
end

return {removed, old and -1 or told_count}
