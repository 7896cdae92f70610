#!lua
-- Publishes one gig, or takes it off, with redis-cli alone:
--
--   redis-cli --eval docs/examples/publish.lua 'gig:{acme}:' , put g_1 "$(cat g_1.json)"
--   redis-cli --eval docs/examples/publish.lua 'gig:{acme}:' , del g_1
--
-- (blanks around the comma).  All nginx hosts of the board show it at once.  It answers
-- word ("published", or "same" if it was so already), version, digest, records changed.
--
-- It keeps the four promises of docs/redis-schema.md, in one atomic step:
--   judge    the line that says who may apply, made from the record
--   digest   the XOR of SHA-1("g:ID:REV"): the old record's term goes, the new one's comes
--   version  one more
--   changes  one entry, by which every host learns of it
--
-- A gig without `rev` gets one.  To change a gig, change its JSON *and* its `rev`, or leave
-- `rev` out.  gig-sync, if it runs, publishes what its source holds and so takes off again
-- what was published by hand.  Applications are judged only while the key `ready` is there;
-- on a board without gig-sync write it once: SET gig:{acme}:ready $(uuidgen).

local prefix = KEYS[1]
local op, id, json = unpack(ARGV)

if #KEYS ~= 1 or not id or #id > 40 or not id:find('^[%w_-]+$')
    or not (op == 'put' and #ARGV == 3 or op == 'del' and #ARGV == 2)
then
    return redis.error_reply("ERR gig: call it as 'gig:{BOARD}:' , put ID JSON or , del ID")
end


-- "2026-09-30T23:59:59-05:00" to seconds since 1970; nil if it is no time.
local function seconds(text)
    local year, month, day, hour, minute, second, zone =
        text:match('^(%d%d%d%d)%-(%d%d)%-(%d%d)[Tt](%d%d):(%d%d):(%d%d)([%.Zz+-].*)$')
    if not year then
        return nil
    end
    if zone:sub(1, 1) == '.' then
        zone = zone:match('^%.%d+([Zz+-].*)$') or ''
    end
    local sign, hours, minutes = zone:match('^([+-])(%d%d):(%d%d)$')
    if zone == 'Z' or zone == 'z' then
        sign, hours, minutes = '+', '00', '00'
    end
    year, month, day = tonumber(year), tonumber(month), tonumber(day)

    local days_of = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31}
    if year % 4 == 0 and (year % 100 ~= 0 or year % 400 == 0) then
        days_of[2] = 29
    end
    if not sign or not days_of[month] or day < 1 or day > days_of[month] or tonumber(hour) > 23
        or tonumber(minute) > 59 or tonumber(second) > 60 or tonumber(hours) > 23
        or tonumber(minutes) > 59
    then
        return nil
    end

    if month < 3 then
        year, month = year - 1, month + 12
    end
    local days = 365 * year + math.floor(year / 4) - math.floor(year / 100)
        + math.floor(year / 400) + math.floor((153 * (month - 3) + 2) / 5) + day - 719469
    local offset = (tonumber(hours) * 60 + tonumber(minutes)) * 60

    return days * 86400 + hour * 3600 + minute * 60 + second
        - (sign == '-' and -offset or offset)
end

local function decode(text)
    local good, record = pcall(cjson.decode, text)
    return good and type(record) == 'table' and record or {}
end

-- The term a record adds to the digest.
local function term(record, text)
    local rev = record.rev
    if type(rev) ~= 'string' or rev == '' or #text > 262144 then
        rev = 'sha1-' .. redis.sha1hex(text)
    end
    return redis.sha1hex('g:' .. id .. ':' .. rev)
end

local function xor(one, other)
    local sum = {}
    for i = 1, 40, 8 do
        sum[#sum + 1] = bit.tohex(bit.bxor(tonumber(one:sub(i, i + 7), 16),
            tonumber(other:sub(i, i + 7), 16)))
    end
    return table.concat(sum)
end


-- Read: nothing is written before all is known to be right.

local old = redis.call('HGET', prefix .. 'gigs', id)
local catalog = redis.call('HMGET', prefix .. 'catalog', 'version', 'digest')
local version, digest = tonumber(catalog[1]) or 0, catalog[2] or string.rep('0', 40)
local confirmed, waiting, held, told =
    (redis.call('HGET', prefix .. 'seats', id) or '0,0,0,open'):match('^(%d+),(%d+),(%d+),?(%l*)$')
local record, line, state, rev

redis.call('HLEN', prefix .. 'judge')
redis.call('XLEN', prefix .. 'changes')

if not confirmed then
    confirmed, waiting, held, told = '0', '0', '0', 'open'
end

if op == 'put' then
    record = decode(json)
    if record.id ~= id then
        return redis.error_reply('ERR gig: the JSON is no object with this id')
    end

    -- opens, closes, cap, on_full, form_rev, status; what is null is empty
    local function value(object, name)
        local it = type(object) == 'table' and object[name] or nil
        return it ~= cjson.null and it or nil
    end
    local function number(it)
        if it == nil then
            return ''
        end
        return type(it) == 'number' and it >= 0 and it % 1 == 0 and string.format('%.0f', it) or nil
    end
    local function instant(it)
        if it == nil then
            return ''
        end
        local at = type(it) == 'string' and seconds(it)
        return at and string.format('%.0f', at) or nil
    end

    local opens, closes = instant(value(record, 'opens_at')), instant(value(record, 'closes_at'))
    local cap = number(value(record.capacity, 'application_cap'))
    local on_full = value(record.capacity, 'on_full') or 'close'
    local form_rev = number(value(record.form, 'rev'))

    if not (opens and closes and cap and form_rev
        and (on_full == 'close' or on_full == 'waitlist' or on_full == 'draw')
        and ({draft = 1, published = 1, paused = 1, withdrawn = 1})[record.status])
    then
        return redis.error_reply('ERR gig: status, opens_at, closes_at, capacity or form.rev is wrong')
    end
    line = table.concat({opens, closes, cap, on_full, form_rev, record.status}, ',')

    if record.rev == nil then
        record.rev = 'sha1-' .. redis.sha1hex(json)
        json = json:gsub('{', '{"rev":"' .. record.rev .. '",', 1)
    elseif type(record.rev) ~= 'string' or record.rev == '' then
        return redis.error_reply('ERR gig: rev of a gig is a text')
    end
    if #json > 262144 then
        return redis.error_reply('ERR gig: the JSON is larger than 262144 bytes')
    end

    state = 'open'
    if cap ~= '' and (waiting + 0 > 0 or confirmed + held >= cap + 0) then
        state = on_full == 'close' and 'full' or 'waitlist'
    end
end


-- Write.

local changed = op == 'put' and old ~= json or op == 'del' and old ~= false
local published = changed or version < 1         -- the first is version 1 even if it is empty

if published then
    if changed and old then
        digest = xor(digest, term(decode(old), old))
    end
    if changed and op == 'put' then
        digest = xor(digest, term(record, json))
    end
    version = version + 1
    redis.call('HSET', prefix .. 'catalog', 'version', string.format('%.0f', version),
        'digest', digest, 'schema', '1 1')
end

local v = string.format('%.0f', version)

local function say(...)
    redis.call('XADD', prefix .. 'changes', 'MAXLEN', '~', 100000, '*', 'v', v, ...)
end

if op == 'put' then
    redis.call('HSET', prefix .. 'gigs', id, json)
    redis.call('HSET', prefix .. 'judge', id, line)
else
    redis.call('HDEL', prefix .. 'gigs', id)
    redis.call('HDEL', prefix .. 'judge', id)
end

if published then
    say('op', changed and op or 'load', 'id', changed and id or '')
end

-- A new cap may fill the gig or open it again; a deleted one's seats are forgotten if none is held.
if op == 'put' and state ~= (told ~= '' and told or 'open') then
    redis.call('HSET', prefix .. 'seats', id, table.concat({confirmed, waiting, held, state}, ','))
    say('op', 'seats', 'id', id, 'seats', state)
elseif op == 'del' and held == '0' then
    redis.call('HDEL', prefix .. 'seats', id)
elseif op == 'del' then
    redis.call('HSET', prefix .. 'seats', id, table.concat({confirmed, waiting, held, 'open'}, ','))
end

return {published and 'published' or 'same', v, digest, changed and '1' or '0'}
