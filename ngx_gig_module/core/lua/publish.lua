#!lua
-- Publishes a difference in one go: records, judge lines, digest, version, changes.
--
--   KEYS  gigs forms judge seats catalog changes [GUARD]
--   ARGV  [FENCE] EXPECT (OP ID JSON)...   OP: put, del, form, formdel; JSON empty to delete
--
-- EXPECT is the digest the difference was made against, or empty.  Answers {word,
-- version, digest, records changed}; word: published, same (nothing changed),
-- stale (another digest: nothing written), fenced (GUARD, `lease` or `rebuild`, does not
-- begin with FENCE any more: nothing written).  A record that cannot be judged refuses
-- the whole call.  First everything is read and worked out, then written.

local records_max = 10000
local json_max = 262144             -- bytes of a record: readers take no more
local entries_max = 1000            -- above it one "load" says it all
local changes_kept = 100000
local zeros = string.rep('0', 40)

local at = #KEYS - 5                -- of EXPECT

if #KEYS < 6 or #KEYS > 7 or (#ARGV - at) % 3 ~= 0 or #ARGV < at or #ARGV > at + 3 * records_max
then
    return redis.error_reply('ERR gig: publish takes 6 keys, EXPECT and at most 10000'
        .. ' (OP ID JSON); or 7, and before them FENCE')
end

local gigs_key, forms_key, judge_key, seats_key, catalog_key, changes_key, guard_key = unpack(KEYS)
local expect = ARGV[at]

if guard_key and (redis.call('GET', guard_key) or ''):match('^%S+') ~= ARGV[1] then
    return {'fenced', '0', zeros, '0'}
end


-- The digest: SHA-1 terms, XORed.

local digest = {0, 0, 0, 0, 0}

local function xor(hex)
    for i = 1, 5 do
        digest[i] = bit.bxor(digest[i], tonumber(hex:sub(8 * i - 7, 8 * i), 16))
    end
end

local function digest_text()
    local text = {}
    for i = 1, 5 do
        text[i] = bit.tohex(digest[i])
    end
    return table.concat(text)
end

local function decode(json)
    local good, record = pcall(cjson.decode, json)
    if good and type(record) == 'table' then
        return record
    end
end

-- The rev a stored record counts with; what was not stored by a script may have none.
local function rev_of(kind, record, json)
    local rev = record and #json <= json_max and record.rev
    if kind == 'f' and type(rev) == 'number' then
        return string.format('%.0f', rev)
    end
    if kind == 'g' and type(rev) == 'string' and rev ~= '' then
        return rev
    end
    return 'sha1-' .. redis.sha1hex(json)
end

local function term(kind, id, rev)
    return redis.sha1hex(kind .. ':' .. id .. ':' .. rev)
end


-- RFC 3339 to seconds, a fraction cut off; nil if it is no time.

local month_days = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31}

local function seconds(text)
    local year, month, day, hour, minute, second, fraction, zone =
        text:match('^(%d%d%d%d)%-(%d%d)%-(%d%d)[Tt](%d%d):(%d%d):(%d%d)(%.?%d*)([Zz+-].*)$')
    if not year or fraction == '.' or (fraction ~= '' and fraction:sub(1, 1) ~= '.') then
        return nil
    end
    year, month, day = tonumber(year), tonumber(month), tonumber(day)
    hour, minute, second = tonumber(hour), tonumber(minute), tonumber(second)

    local leap = year % 4 == 0 and (year % 100 ~= 0 or year % 400 == 0)
    local last = month == 2 and leap and 29 or month_days[month]
    if not last or day < 1 or day > last or hour > 23 or minute > 59 or second > 60 then
        return nil
    end

    local offset = 0
    if zone:upper() ~= 'Z' then
        local sign, hours, minutes = zone:match('^([+-])(%d%d):(%d%d)$')
        if not sign or tonumber(hours) > 23 or tonumber(minutes) > 59 then
            return nil
        end
        offset = (tonumber(hours) * 60 + tonumber(minutes)) * 60 * (sign == '-' and -1 or 1)
    end

    -- Days since 1970 of the proleptic Gregorian calendar, years from March on.
    if month < 3 then
        year, month = year - 1, month + 12
    end
    local days = 365 * year + math.floor(year / 4) - math.floor(year / 100)
        + math.floor(year / 400) + math.floor((153 * (month - 3) + 2) / 5) + day - 719469

    return days * 86400 + hour * 3600 + minute * 60 + second - offset
end

local statuses = {draft = true, published = true, paused = true, withdrawn = true}
local on_fulls = {close = true, waitlist = true, draw = true}

local function given(object, name)
    local value = type(object) == 'table' and object[name]
    if value ~= nil and value ~= cjson.null then
        return value
    end
end

local function whole(value)
    return type(value) == 'number' and value >= 0 and value <= 2 ^ 53 and value % 1 == 0
end

-- "opens,closes,cap,on_full,form_rev,status", or nil and which member is wrong.
local function judge_line(record)
    local times = {}
    for i, name in ipairs({'opens_at', 'closes_at'}) do
        local value = given(record, name)
        times[i] = value and type(value) == 'string' and seconds(value)
        if value and not times[i] then
            return nil, name
        end
        times[i] = times[i] and string.format('%.0f', times[i]) or ''
    end

    local cap = given(record.capacity, 'application_cap')
    local on_full = given(record.capacity, 'on_full') or 'close'
    local form_rev = given(record.form, 'rev')

    if cap and not whole(cap) then
        return nil, 'capacity.application_cap'
    end
    if not on_fulls[on_full] then
        return nil, 'capacity.on_full'
    end
    if form_rev and not whole(form_rev) then
        return nil, 'form.rev'
    end
    if not statuses[record.status] then
        return nil, 'status'
    end

    return string.format('%s,%s,%s,%s,%s,%s', times[1], times[2],
        cap and string.format('%.0f', cap) or '', on_full,
        form_rev and string.format('%.0f', form_rev) or '', record.status)
end


-- What is there.  The lengths are asked for their types' sake.

redis.call('HLEN', judge_key)
redis.call('HLEN', seats_key)
redis.call('XLEN', changes_key)
redis.call('HLEN', gigs_key)
redis.call('HLEN', forms_key)

local version, stored = unpack(redis.call('HMGET', catalog_key, 'version', 'digest'))

version = tonumber(version) or 0

if stored and #stored == 40 and not stored:find('%X') then
    xor(stored)
else
    for kind, key in pairs({g = gigs_key, f = forms_key}) do
        local all = redis.call('HGETALL', key)
        for i = 1, #all, 2 do
            xor(term(kind, all[i], rev_of(kind, decode(all[i + 1]), all[i + 1])))
        end
    end
end

if expect ~= '' and expect ~= digest_text() then
    return {'stale', string.format('%.0f', version), digest_text(), '0'}
end


-- Work it out.

local ops = {put = 'g', del = 'g', form = 'f', formdel = 'f'}
local seen = {}
local plan = {}
local changed = 0

for i = at + 1, #ARGV, 3 do
    local op, id, json = ARGV[i], ARGV[i + 1], ARGV[i + 2]
    local kind = ops[op]

    if not kind or #id > 40 or not id:find('^[%w_-]+$') then
        return redis.error_reply('ERR gig: OP is put, del, form or formdel, ID [A-Za-z0-9_-]{1,40}')
    end
    if seen[kind .. id] then
        return redis.error_reply('ERR gig: ' .. id .. ' is named twice')
    end
    seen[kind .. id] = true

    local step = {op = op, id = id, key = kind == 'g' and gigs_key or forms_key}
    local old = redis.call('HGET', step.key, id)

    if op == 'put' or op == 'form' then
        local record = decode(json)
        if not record or record.id ~= id then
            return redis.error_reply('ERR gig: ' .. id .. ' is no JSON object with this id')
        end

        if op == 'form' then
            if not whole(record.rev) or record.rev < 1 then
                return redis.error_reply('ERR gig: ' .. id .. ': rev of a form is a number from 1')
            end
        else
            local wrong
            step.line, wrong = judge_line(record)
            if wrong then
                return redis.error_reply('ERR gig: ' .. id .. ': wrong ' .. wrong)
            end
            if record.rev == nil then
                record.rev = 'sha1-' .. redis.sha1hex(json)
                json = json:gsub('{', '{"rev":"' .. record.rev .. '",', 1)
            elseif type(record.rev) ~= 'string' or record.rev == '' then
                return redis.error_reply('ERR gig: ' .. id .. ': rev of a gig is a text')
            end
        end

        if #json > json_max then
            return redis.error_reply('ERR gig: ' .. id .. ' is larger than 262144 bytes')
        end
        step.json = json
        step.changed = old ~= json
        if step.changed then
            xor(term(kind, id, rev_of(kind, record, json)))
        end
    else
        step.changed = old ~= false
    end

    if step.changed then
        changed = changed + 1
        if old then
            xor(term(kind, id, rev_of(kind, decode(old), old)))
        end
    end
    plan[#plan + 1] = step
end


-- Write it down.

local word = 'same'

if changed > 0 or version < 1 or not stored then
    word = 'published'
    version = version + 1
    redis.call('HSET', catalog_key, 'version', string.format('%.0f', version),
        'digest', digest_text(), 'schema', '1 1')
end

local v = string.format('%.0f', version)

local function say(...)
    redis.call('XADD', changes_key, 'MAXLEN', '~', changes_kept, '*', 'v', v, ...)
end

if word == 'published' and (changed > entries_max or changed == 0) then
    say('op', 'load', 'id', '')
end

for _, step in ipairs(plan) do
    if step.changed then
        if step.json then
            redis.call('HSET', step.key, step.id, step.json)
        else
            redis.call('HDEL', step.key, step.id)
        end
        if changed <= entries_max then
            say('op', step.op, 'id', step.id)
        end
    end

    if step.op == 'put' then
        local confirmed, waiting, held, told =
            (redis.call('HGET', seats_key, step.id) or ''):match('^(%d+),(%d+),(%d+),?(%l*)$')
        local _, _, cap, on_full = step.line:match('^([^,]*),([^,]*),([^,]*),([^,]*)')
        local state = 'open'

        redis.call('HSET', judge_key, step.id, step.line)

        confirmed, waiting = tonumber(confirmed) or 0, tonumber(waiting) or 0
        held = tonumber(held) or 0
        if cap ~= '' and (waiting > 0 or confirmed + held >= tonumber(cap)) then
            state = on_full == 'close' and 'full' or 'waitlist'
        end
        if not told or told == '' then
            told = 'open'
        end
        if state ~= told then
            redis.call('HSET', seats_key, step.id,
                string.format('%.0f,%.0f,%.0f,%s', confirmed, waiting, held, state))
            say('op', 'seats', 'id', step.id, 'seats', state)
        end

    elseif step.op == 'del' then
        local line = redis.call('HGET', seats_key, step.id) or ''
        local counts, held = line:match('^(%d+,%d+,(%d+))')
        redis.call('HDEL', judge_key, step.id)
        if not held or tonumber(held) == 0 then
            redis.call('HDEL', seats_key, step.id)
        else
            redis.call('HSET', seats_key, step.id, counts .. ',open')   -- edges forget it too
        end
    end
end

return {word, v, digest_text(), string.format('%.0f', changed)}
